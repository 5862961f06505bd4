package guard

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"
)

// grace is how long beyond its time limit an attempt is waited for; patience bounds the wait while there is something to serve.
const grace, patience, retryDelay = 1.0, 2.0, 5.0

// refresh is in seconds; docs/verifiers.md, "Keys and lists that are fetched", has the table that refreshed follows.
type refresh struct{ maxAge, cooldown, timeout, staleIfError float64 }

type attempt struct {
	startedAt float64
	ended     chan struct{}
}

// refreshed is something that is fetched repeatedly, one attempt at a time.
type refreshed[T any] struct {
	refresh
	clock func() float64
	load  func(ctx context.Context, previous *T) (*T, error)

	mutex    sync.Mutex
	held     *T
	heldFrom float64
	running  *attempt
	// The last attempt that ended: none has while endedAt is minus infinity.
	endedAt  float64
	failures int
	failure  error
}

func newRefreshed[T any](r refresh, clock func() float64, load func(context.Context, *T) (*T, error)) *refreshed[T] {
	return &refreshed[T]{refresh: r, clock: clock, load: load, endedAt: math.Inf(-1), failure: fmt.Errorf("no attempt has ended")}
}

func (r *refreshed[T]) limit() float64 { return r.timeout + grace }

// isPlausible is whether earlier is not so far in the future that the clock must have been set back.
func (r *refreshed[T]) isPlausible(now, earlier float64) bool { return now-earlier >= -r.limit() }

func (r *refreshed[T]) within(age, now float64) *T {
	if r.held == nil || !r.isPlausible(now, r.heldFrom) || now-r.heldFrom > age {
		return nil
	}
	return r.held
}

// fresh starts the renewal of what is older than half of its time.
func (r *refreshed[T]) fresh(now float64) *T {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	value := r.within(r.maxAge, now)
	if value != nil && r.within(r.maxAge/2, now) == nil {
		r.start(now)
	}
	return value
}

// available is what may be used whatever the state of the issuer, and how old it is.
func (r *refreshed[T]) available(now float64) (*T, float64) {
	if value := r.fresh(now); value != nil {
		return value, r.age(now)
	}
	r.mutex.Lock()
	late := r.within(r.maxAge+r.staleIfError, now)
	if late == nil {
		r.mutex.Unlock()
		return nil, math.Inf(1)
	}
	isFailing := r.failure != nil && !math.IsInf(r.endedAt, -1) && r.isPlausible(now, r.endedAt) && now-r.endedAt <= r.cooldown+r.limit()
	age := now - r.heldFrom
	running := r.start(now)
	r.mutex.Unlock()
	if running == nil || isFailing || running.startedAt+patience-now <= 0 {
		return late, age
	}
	await(running, running.startedAt+patience-now)
	return r.now(now)
}

// renewed makes an attempt, or joins the one that runs, and waits for its end.
func (r *refreshed[T]) renewed(now float64) (*T, float64) {
	r.mutex.Lock()
	running := r.start(now)
	r.mutex.Unlock()
	if running != nil {
		await(running, r.limit())
	}
	return r.now(now)
}

func (r *refreshed[T]) now(now float64) (*T, float64) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.within(r.maxAge+r.staleIfError, now), now - r.heldFrom
}

func (r *refreshed[T]) age(now float64) float64 {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return now - r.heldFrom
}

// cause is nil only if the last attempt succeeded.
func (r *refreshed[T]) cause() error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.failure
}

// start gives the attempt that runs; nil while none is due. The mutex is held.
func (r *refreshed[T]) start(now float64) *attempt {
	if r.running != nil {
		return r.running
	}
	if r.isPausing(now) {
		return nil
	}
	r.running = &attempt{startedAt: now, ended: make(chan struct{})}
	go r.run(r.running, r.held)
	return r.running
}

func (r *refreshed[T]) isPausing(now float64) bool {
	if math.IsInf(r.endedAt, -1) || !r.isPlausible(now, r.endedAt) {
		return false
	}
	pause := r.cooldown
	if r.failure != nil {
		pause = math.Min(pause, retryDelay*math.Pow(2, float64(r.failures-1)))
	}
	return now-r.endedAt < pause
}

func (r *refreshed[T]) run(own *attempt, previous *T) {
	ctx, cancel := context.WithTimeout(context.Background(), seconds(r.timeout))
	defer cancel()
	value, err := r.loaded(ctx, previous)
	end := r.clock()
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.endedAt = own.startedAt
	if end > own.startedAt {
		r.endedAt = end
	}
	r.failure = err
	if err == nil {
		r.held, r.heldFrom, r.failures = value, own.startedAt, 0
	} else {
		r.failures++
	}
	r.running = nil
	close(own.ended)
}

// loaded turns a panic into a failure: it is in no request that could answer it.
func (r *refreshed[T]) loaded(ctx context.Context, previous *T) (value *T, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("panic: %v", fault)
		}
	}()
	return r.load(ctx, previous)
}

// idle waits for the attempt that runs.
func (r *refreshed[T]) idle(ctx context.Context) {
	r.mutex.Lock()
	running := r.running
	r.mutex.Unlock()
	if running == nil {
		return
	}
	select {
	case <-running.ended:
	case <-ctx.Done():
	}
}

func await(running *attempt, atMost float64) {
	timer := time.NewTimer(seconds(atMost))
	defer timer.Stop()
	select {
	case <-running.ended:
	case <-timer.C:
	}
}

func seconds(number float64) time.Duration { return time.Duration(number * float64(time.Second)) }
