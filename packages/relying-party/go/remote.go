package guard

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
)

var errTooLarge = errors.New("the body is too large")

// fetch is one exchange: no redirect is followed, because the operator names the place, and the server there does not.
func fetch(ctx context.Context, client *http.Client, address, accept, etag string, most int64) (*http.Response, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, nil, err
	}
	request.Header.Set("Accept", accept)
	if etag != "" {
		request.Header.Set("If-None-Match", etag)
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, most+1))
	if err == nil && int64(len(body)) > most {
		err = errTooLarge
	}
	return response, body, err
}

// withoutRedirects is a client like this one that follows none.
func withoutRedirects(client *http.Client) *http.Client {
	own := http.Client{}
	if client != nil {
		own = *client
	}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}

// isFetchable is https, or http to this machine.
func isFetchable(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}

// JWKS says where the issuer publishes its keys. Times are in seconds; 0 is the default, below 0 is none.
type JWKS struct {
	// URL is https, or http to this machine.
	URL string
	// Set is the JSON of a JWKS, in the place of URL.
	Set []byte
	// MaxAge 30 to 3,600, default 600; Cooldown 1 to 600 and at most half of MaxAge, default 30 or that half; Timeout 0.05 to 60, default 5.
	MaxAge, Cooldown, Timeout float64
	// StaleIfError is how long beyond MaxAge a set serves while fetching fails: to 3,600, default 3,600; below 0 is none.
	StaleIfError float64
	// MaxBytes 256 to 1,048,576, default 65,536.
	MaxBytes int64
}

type remoteKeys struct{ set *refreshed[keySet] }

func newRemoteKeys(o JWKS, client *http.Client, clock func() float64) *remoteKeys {
	r := refresh{o.MaxAge, o.Cooldown, o.Timeout, o.StaleIfError}
	return &remoteKeys{newRefreshed(r, clock, func(ctx context.Context, previous *keySet) (*keySet, error) {
		response, body, err := fetch(ctx, client, o.URL, "application/jwk-set+json, application/json", "", o.MaxBytes)
		if err != nil {
			return nil, err
		}
		if response.StatusCode != 200 {
			return nil, fmt.Errorf("status %d", response.StatusCode)
		}
		value, ok := readJSON(body, 8)
		if !ok {
			return nil, errors.New("the body is not well-formed JSON")
		}
		var known keySet
		if previous != nil {
			known = *previous
		}
		set, err := readKeySet(value, known)
		return &set, err
	})}
}

func (k *remoteKeys) current(kid string, now float64) *issuerKey {
	if set := k.set.fresh(now); set != nil {
		return (*set)[kid]
	}
	return nil
}

func (k *remoteKeys) find(kid string, now float64) (*issuerKey, error) {
	if set, _ := k.set.available(now); set != nil && (*set)[kid] != nil {
		return (*set)[kid], nil
	}
	set, _ := k.set.renewed(now)
	if set != nil && (*set)[kid] != nil {
		return (*set)[kid], nil
	}
	// A kid that an old set lacks may be a new one: the uncertainty is not the caller's fault.
	if cause := k.set.cause(); set == nil || cause != nil {
		return nil, malfunction("KEY_SOURCE_FAILED", cause)
	}
	return nil, nil
}
