package guard

import "context"

// DenyList stops tokens before they expire. It is asked for each request, so it should answer from memory.
type DenyList interface {
	Denies(ctx context.Context, attested *Attested) (bool, error)
}

// DenyEntry is a Kind of jti, jkt, installation, app or build with its Value; a build also has its App.
type DenyEntry struct{ Kind, Value, App string }

// DenyEntries is a DenyList that does not change.
type DenyEntries []DenyEntry

// areUsable is false where an entry would deny nothing.
func (d DenyEntries) areUsable() bool {
	for _, entry := range d {
		_, isKnown := oneOf(entry.Kind, "jti", "jkt", "installation", "app", "build")
		if !isKnown || entry.Value == "" || (entry.Kind == "build") != (entry.App != "") {
			return false
		}
	}
	return true
}

func (d DenyEntries) Denies(_ context.Context, a *Attested) (bool, error) {
	for _, entry := range d {
		value := map[string]string{"jti": a.JTI, "jkt": a.JKT, "installation": a.Installation, "app": a.App, "build": a.Build}[entry.Kind]
		if value != "" && value == entry.Value && (entry.Kind != "build" || entry.App == a.App) {
			return true, nil
		}
	}
	return false, nil
}
