package guard

import (
	"strconv"
	"strings"
)

const longestURI = 4096

// pathOf is the path of a request target without its query: in origin form, or behind the authority of an absolute URL.
func pathOf(target string) (string, bool) {
	if strings.Contains(target, "#") {
		return "", false
	}
	if !strings.HasPrefix(target, "/") {
		scheme, rest, found := strings.Cut(target, "://")
		if kind := lower(scheme); !found || kind != "http" && kind != "https" {
			return "", false
		}
		end := strings.IndexAny(rest, "/?")
		if end < 0 {
			end = len(rest)
		}
		if end == 0 {
			return "", false
		}
		target = rest[end:]
	}
	path, _, _ := strings.Cut(target, "?")
	if path == "" {
		path = "/"
	}
	return path, len(path) <= longestURI
}

// namesTarget is whether htu, without query and fragment, names the path under the base.
func namesTarget(htu, base, path string) bool {
	if end := strings.IndexAny(htu, "?#"); end >= 0 {
		htu = htu[:end]
	}
	if len(htu) > longestURI {
		return false
	}
	named, ok := normal(htu)
	target, isTarget := normal(base + path)
	return ok && isTarget && named == target
}

func isHostChar(c byte) bool { return isAlnum(c) || strings.IndexByte("._~-", c) >= 0 }
func isLiteralChar(c byte) bool {
	_, isHex := hexDigit(c)
	return isHex || c == ':' || c == '.'
}
func isPathChar(c byte) bool {
	return isAlnum(c) || strings.IndexByte("-._~!$&'()*+,;=:@/[]|^", c) >= 0
}

// normal is the normal form of docs/verifiers.md, "The target".
func normal(uri string) (string, bool) {
	scheme, rest, _ := strings.Cut(uri, "://")
	scheme = lower(scheme)
	usual := map[string]string{"http": "80", "https": "443"}[scheme]
	place, path := rest, "/"
	if at := strings.IndexByte(rest, '/'); at >= 0 {
		place, path = rest[:at], rest[at:]
	}
	host, port := place, ""
	if at := strings.LastIndexByte(place, ':'); at > strings.LastIndexByte(place, ']') {
		host, port = place[:at], place[at+1:]
	}
	if usual == "" || !isHost(host) || !isPort(port) {
		return "", false
	}
	if path, ok := normalPath(path); ok {
		if port != "" && port != usual {
			host += ":" + port
		}
		return scheme + "://" + lower(host) + path, true
	}
	return "", false
}

func isHost(host string) bool {
	if strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]") {
		_, ok := isText(host[1:len(host)-1], 1, longestURI, isLiteralChar)
		return ok
	}
	_, ok := isText(host, 1, longestURI, isHostChar)
	return ok
}

func isPort(port string) bool {
	if port == "" {
		return true
	}
	_, ok := isText(port, 1, 5, func(c byte) bool { return '0' <= c && c <= '9' })
	number, _ := strconv.Atoi(port)
	return ok && port[0] != '0' && number <= 65535
}

func normalPath(path string) (string, bool) {
	for i := range len(path) {
		if !isPathChar(path[i]) {
			return resolved(path)
		}
	}
	return path, !hasDots(path)
}

// resolved reads the escapes; everything else must be a character of a path.
func resolved(path string) (string, bool) {
	text := make([]byte, 0, len(path))
	for i := 0; i < len(path); i++ {
		if isPathChar(path[i]) {
			text = append(text, path[i])
			continue
		}
		if path[i] != '%' || i+2 >= len(path) {
			return "", false
		}
		high, ok := hexDigit(path[i+1])
		low, alsoOK := hexDigit(path[i+2])
		if !ok || !alsoOK {
			return "", false
		}
		if c := high<<4 | low; isHostChar(c) {
			text = append(text, c)
		} else {
			text = append(text, strings.ToUpper(path[i:i+3])...)
		}
		i += 2
	}
	// A dot that was escaped is a dot here, so segments of them are found as well.
	return string(text), !hasDots(string(text))
}

func hasDots(path string) bool {
	for segment := range strings.SplitSeq(path, "/") {
		if segment == "." || segment == ".." {
			return true
		}
	}
	return false
}
