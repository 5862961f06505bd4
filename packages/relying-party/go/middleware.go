package guard

import (
	"context"
	"net/http"
)

type attestedKey struct{}

// FromContext is the decision about the request of a handler behind Protect; nil elsewhere.
func FromContext(ctx context.Context) *Decision {
	decision, _ := ctx.Value(attestedKey{}).(*Decision)
	return decision
}

// Protect serves a request only if the guard admits it, and tells onDecision of each decision, if that is not nil.
func (g *Guard) Protect(next http.Handler, onDecision func(*http.Request, *Decision)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		decision := g.Decide(r.Context(), &Request{Method: r.Method, Target: r.RequestURI, Fields: func(yield func(string, string) bool) {
			for name, values := range r.Header {
				for _, value := range values {
					if !yield(name, value) {
						return
					}
				}
			}
		}})
		if onDecision != nil {
			onDecision(r, decision)
		}
		for name, value := range decision.Header {
			w.Header().Set(name, value)
		}
		if decision.OK() {
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), attestedKey{}, decision)))
			return
		}
		w.WriteHeader(decision.Status)
		if r.Method != http.MethodHead {
			_, _ = w.Write(decision.Body)
		}
	})
}
