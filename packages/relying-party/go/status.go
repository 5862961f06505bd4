package guard

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
)

// StatusList says how the list of docs/status-list.md is fetched. Times are in seconds; 0 is the default.
type StatusList struct {
	// URL is at the issuer by default.
	URL string
	// MaxAge 5 to 600, default 20; Timeout 0.05 to 60, default 5; StaleIfError to 3,600, default 3,600; below 0 is none.
	MaxAge, Timeout, StaleIfError float64
	// MaxBytes of the list itself: 1,024 to 16,777,216, default 1,048,576.
	MaxBytes int64
	// FailWhenStale answers 503 as soon as the list is too old, in place of StaleIfError.
	FailWhenStale bool
	// OnStale learns the age of the list by which a request is judged although it is too old, and why it is.
	OnStale func(age float64, cause error)
}

const (
	longestShard = 65_536
	mostShards   = 1024
	prefixLength = 8
)

// list is verified, and has all its shards.
type list struct {
	iat, exp        float64
	retired, banned map[string]bool
	digests         []string
	shards          map[string][]byte
	etag            string
}

// StatusError is why a list is no list; its codes are those of the vectors.
type statusError string

func (e statusError) Error() string { return string(e) }

type statusLists struct {
	StatusList
	guard      *Guard
	client     *http.Client
	list       *refreshed[list]
	unfinished map[string][]byte
}

func newStatusLists(o StatusList, g *Guard, client *http.Client) *statusLists {
	s := &statusLists{StatusList: o, guard: g, client: client}
	s.list = newRefreshed(refresh{o.MaxAge, o.MaxAge / 2, o.Timeout, o.StaleIfError}, g.seconds, s.load)
	return s
}

// fault is the code with which the list refuses a token, or nothing.
func (s *statusLists) fault(a *Attested, now float64) (string, error) {
	if fresh := s.list.fresh(now); fresh != nil {
		return s.judge(fresh, a)
	}
	var late *list
	var age float64
	if !s.FailWhenStale {
		late, age = s.list.available(now)
	}
	if late == nil {
		late, age = s.list.renewed(now)
	}
	if late == nil || s.FailWhenStale && age > s.MaxAge {
		return "", malfunction("STATUS_LIST_FAILED", s.list.cause())
	}
	if age > s.MaxAge && s.OnStale != nil {
		s.OnStale(age, s.list.cause())
	}
	return s.judge(late, a)
}

func (s *statusLists) judge(l *list, a *Attested) (string, error) {
	names := [2]string{a.Installation, a.App + " " + a.Installation}
	for _, name := range names {
		if l.banned[name] {
			return "TOKEN_BANNED", nil
		}
		if len(l.digests) == 0 {
			continue
		}
		hash, err := s.guard.hash([]byte(name))
		if err != nil {
			return "", err
		}
		if holds(l.shards[l.digests[placeOf(hash, len(l.digests))]], hash) {
			return "TOKEN_BANNED", nil
		}
	}
	if l.retired[a.App+" "+a.Build] {
		return "TOKEN_BUILD_RETIRED", nil
	}
	return "", nil
}

func placeOf(hash []byte, count int) int {
	return int(binary.BigEndian.Uint16(hash)) * count >> 16
}

func holds(shard, hash []byte) bool {
	prefix := hash[:prefixLength]
	from, to := 0, len(shard)/prefixLength
	for from < to {
		middle := (from + to) / 2
		switch bytes.Compare(shard[middle*prefixLength:(middle+1)*prefixLength], prefix) {
		case 0:
			return true
		case -1:
			from = middle + 1
		default:
			to = middle
		}
	}
	return false
}

func (s *statusLists) load(ctx context.Context, previous *list) (*list, error) {
	now, etag := s.guard.seconds(), ""
	if previous != nil && now < previous.exp {
		etag = previous.etag
	}
	response, body, err := fetch(ctx, s.client, s.URL, "application/assay-status+jwt", etag, s.MaxBytes)
	if err != nil {
		return nil, err
	}
	if response.StatusCode == 304 && etag != "" {
		return previous, nil
	}
	if response.StatusCode != 200 {
		return nil, fmt.Errorf("STATUS_LIST_ANSWER: status %d", response.StatusCode)
	}
	next, err := s.readList(string(bytes.Trim(body, whiteSpace)), now)
	if err != nil {
		return nil, err
	}
	next.etag = response.Header.Get("ETag")
	var held map[string][]byte
	if previous != nil {
		if next.iat < previous.iat {
			return nil, statusError("STATUS_LIST_OLDER")
		}
		held = previous.shards
	}
	if next.shards, err = s.loadShards(ctx, next.digests, held); err != nil {
		return nil, err
	}
	return next, nil
}

func (s *statusLists) readList(text string, now float64) (*list, error) {
	parts, ok := split(text, len(text))
	if !ok {
		return nil, statusError("STATUS_LIST_MALFORMED")
	}
	header, ok := segmentTo(parts.header, 4)
	if !ok || !isType(header["typ"], "assay-status+jwt") || hasAny(header, "crit") {
		return nil, statusError("STATUS_LIST_MALFORMED")
	}
	kid, ok := isText(header["kid"], 1, 128, isURLChar)
	if !ok {
		return nil, statusError("STATUS_LIST_SIGNATURE")
	}
	key, err := s.guard.keys.find(kid, now)
	if err != nil {
		return nil, err
	}
	if key == nil || key.alg != header["alg"] || !key.key.verify(parts.input, parts.signature) {
		return nil, statusError("STATUS_LIST_SIGNATURE")
	}
	claims, ok := segmentTo(parts.payload, 4)
	if !ok {
		return nil, statusError("STATUS_LIST_MALFORMED")
	}
	return s.readListClaims(claims, now)
}

func (s *statusLists) readListClaims(claims map[string]any, now float64) (*list, error) {
	if claims["iss"] != s.guard.issuer || claims["aud"] != s.guard.audience {
		return nil, statusError("STATUS_LIST_AUDIENCE")
	}
	iat, hasIAT := isTime(claims["iat"])
	exp, hasEXP := isTime(claims["exp"])
	if !hasIAT || !hasEXP {
		return nil, statusError("STATUS_LIST_MALFORMED")
	}
	if iat > now+s.guard.tolerance || now >= exp+s.guard.tolerance {
		return nil, statusError("STATUS_LIST_TIMES")
	}
	retired, isRetired := claims["retired"].([]any)
	banned, isBanned := claims["banned"].([]any)
	ofApps, isOfApps := claims["banned_of_apps"].([]any)
	if _, present := claims["banned_of_apps"]; !isRetired || !isBanned || present && !isOfApps {
		return nil, statusError("STATUS_LIST_MALFORMED")
	}
	l := &list{iat: iat, exp: exp, retired: map[string]bool{}, banned: map[string]bool{}}
	for _, entry := range banned {
		name, _ := entry.(string)
		if name == "" {
			return nil, statusError("STATUS_LIST_MALFORMED")
		}
		l.banned[name] = true
	}
	for _, each := range []struct {
		entries []any
		second  string
		into    map[string]bool
	}{{retired, "build", l.retired}, {ofApps, "installation", l.banned}} {
		for _, entry := range each.entries {
			object, _ := entry.(map[string]any)
			app, _ := object["app"].(string)
			second, _ := object[each.second].(string)
			if app == "" || second == "" {
				return nil, statusError("STATUS_LIST_MALFORMED")
			}
			each.into[app+" "+second] = true
		}
	}
	if stated, present := claims["shards"]; present {
		digests, ok := stated.([]any)
		if n := len(digests); !ok || n == 0 || n > mostShards || n&(n-1) != 0 {
			return nil, statusError("STATUS_LIST_SHARDS")
		}
		for _, entry := range digests {
			digest, _ := entry.(string)
			if _, ok := unb64Of(digest, 32); !ok {
				return nil, statusError("STATUS_LIST_MALFORMED")
			}
			l.digests = append(l.digests, digest)
		}
	}
	return l, nil
}

// shardsAtOnce is how many shards are asked for at the same time.
const shardsAtOnce = 4

// loadShards fetches what neither the list before nor the attempt before has brought. Attempts do not overlap.
func (s *statusLists) loadShards(ctx context.Context, digests []string, held map[string][]byte) (map[string][]byte, error) {
	loaded := map[string][]byte{}
	var missing []int
	for i, digest := range digests {
		known, ok := held[digest]
		if !ok {
			known, ok = s.unfinished[digest]
		}
		if !ok {
			missing = append(missing, i)
			continue
		}
		if err := checkShard(known, i, len(digests)); err != nil {
			return nil, err
		}
		loaded[digest] = known
	}
	slices.Reverse(missing)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var mutex sync.Mutex
	var group sync.WaitGroup
	var fault error
	for range min(shardsAtOnce, len(missing)) {
		group.Add(1)
		go func() {
			defer group.Done()
			for {
				mutex.Lock()
				if len(missing) == 0 || fault != nil {
					mutex.Unlock()
					return
				}
				next := missing[0]
				missing = missing[1:]
				mutex.Unlock()
				shard, err := s.fetchShard(ctx, digests[next], next, len(digests))
				mutex.Lock()
				if err == nil {
					loaded[digests[next]] = shard
				} else if fault == nil {
					fault = err
					cancel()
				}
				mutex.Unlock()
			}
		}()
	}
	group.Wait()
	s.unfinished = nil
	if fault != nil {
		s.unfinished = loaded
		return nil, fault
	}
	return loaded, nil
}

func (s *statusLists) fetchShard(ctx context.Context, digest string, index, count int) ([]byte, error) {
	response, body, err := fetch(ctx, s.client, s.URL+"/"+digest, "application/assay-status-shard", "", longestShard)
	if errors.Is(err, errTooLarge) && response.StatusCode == 200 {
		return nil, statusError("STATUS_SHARD_SIZE")
	}
	if err != nil {
		return nil, err
	}
	if response.StatusCode != 200 {
		return nil, statusError("STATUS_SHARD_ANSWER")
	}
	hash, err := s.guard.hash(body)
	if err != nil {
		return nil, err
	}
	if b64(hash) != digest {
		return nil, statusError("STATUS_SHARD_DIGEST")
	}
	return body, checkShard(body, index, count)
}

// checkShard: a digest that is right shows who made the bytes, not that they are right.
func checkShard(shard []byte, index, count int) error {
	fault := len(shard)%prefixLength != 0 || len(shard) > longestShard
	for at := prefixLength; !fault && at < len(shard); at += prefixLength {
		fault = bytes.Compare(shard[at-prefixLength:at], shard[at:at+prefixLength]) >= 0
	}
	if !fault && len(shard) > 0 {
		fault = placeOf(shard, count) != index || placeOf(shard[len(shard)-prefixLength:], count) != index
	}
	if fault {
		return statusError("STATUS_SHARD_CONTENT")
	}
	return nil
}

// SHA256 is that of the standard library.
func SHA256(data []byte) ([]byte, error) {
	sum := sha256.Sum256(data)
	return sum[:], nil
}
