package guard

import (
	"context"
	"errors"
	"math"
	"sync"
	"time"
)

// Claimed is what a store says of a proof.
type Claimed string

const (
	Fresh Claimed = "new"
	Known Claimed = "known"
	// ShareSpent: the key has used its share, and the proof was not taken.
	ShareSpent Claimed = "share_spent"
	// Forgotten: the store has not remembered everything since the proof could first pass.
	Forgotten Claimed = "forgotten"
)

// ErrStoreFull is a store without a free place.
var ErrStoreFull = errors.New("the replay store is full")

// Holder is whose proof it is.
type Holder struct {
	JKT, Tier string
	// UsableFrom is in Unix seconds: before then no verifier with the same settings accepts the proof.
	UsableFrom float64
}

// ReplayStore remembers proofs, each until expires (Unix seconds), in one atomic step. One that cannot do so fails: it never
// forgets a proof that could pass again, and never guesses.
type ReplayStore interface {
	Claim(ctx context.Context, key string, expires float64, holder Holder) (Claimed, error)
}

const sliceWidth = 16

type slice struct {
	keys map[string]bool
	held map[string]int
}

// memoryStore is for one process: docs/verifiers.md, "Single use", has its steps.
type memoryStore struct {
	mutex    sync.Mutex
	clock    func() float64
	capacity int
	slices   map[float64]*slice
	held     map[string]int
	size     int
	horizon  float64
}

// NewMemoryStore remembers the proofs of one process; capacity 0 is 100,000. A clock is of Unix seconds.
func newMemoryStore(clock func() float64, capacity int) *memoryStore {
	return &memoryStore{clock: clock, capacity: capacity, slices: map[float64]*slice{}, held: map[string]int{}, horizon: math.Inf(-1)}
}

func (m *memoryStore) Claim(_ context.Context, key string, expires float64, holder Holder) (Claimed, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.drop()
	at := math.Floor(expires / sliceWidth)
	if at < m.horizon {
		return "", errors.New("the clock was set back")
	}
	for _, s := range m.slices {
		if s.keys[key] {
			return Known, nil
		}
	}
	free := m.capacity - m.size
	if holder.Tier != "affirming" {
		free -= m.capacity / 4
	}
	if free <= 0 {
		return "", ErrStoreFull
	}
	if held := m.held[holder.JKT]; held > 0 && float64(held) >= float64(free)*(1.0/10) {
		return ShareSpent, nil
	}
	s := m.slices[at]
	if s == nil {
		s = &slice{map[string]bool{}, map[string]int{}}
		m.slices[at] = s
	}
	s.keys[key] = true
	s.held[holder.JKT]++
	m.held[holder.JKT]++
	m.size++
	return Fresh, nil
}

func (m *memoryStore) drop() {
	first := math.Floor(m.clock() / sliceWidth)
	if !(first > m.horizon) {
		return
	}
	m.horizon = first
	for at, s := range m.slices {
		if at >= first {
			continue
		}
		delete(m.slices, at)
		m.size -= len(s.keys)
		for jkt, count := range s.held {
			if m.held[jkt] -= count; m.held[jkt] == 0 {
				delete(m.held, jkt)
			}
		}
	}
}

// NewMemoryStore remembers the proofs of one process; capacity 0 is 100,000.
func NewMemoryStore(clock func() time.Time, capacity int) ReplayStore {
	if capacity == 0 {
		capacity = 100_000
	}
	return newMemoryStore(func() float64 { return float64(clock().UnixMicro()) / 1e6 }, capacity)
}
