package guard

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// readJSON parses well-formed UTF-8 of one JSON value (RFC 8259), without a member twice at any depth, without lone surrogates
// and members named __proto__, and with at most maxDepth levels of objects and lists. encoding/json takes all of these.
func readJSON(text []byte, maxDepth int) (any, bool) {
	if !utf8.Valid(text) {
		return nil, false
	}
	r := reader{text: text, depth: maxDepth}
	value, ok := r.value()
	if !ok {
		return nil, false
	}
	if r.space(); r.at < len(text) {
		return nil, false
	}
	return value, true
}

// readObject is readJSON for objects.
func readObject(text []byte, maxDepth int) (map[string]any, bool) {
	value, ok := readJSON(text, maxDepth)
	object, isObject := value.(map[string]any)
	return object, ok && isObject
}

type reader struct {
	text  []byte
	at    int
	depth int
}

func (r *reader) space() {
	for r.at < len(r.text) && isSpace(r.text[r.at]) {
		r.at++
	}
}

// isSpace is the white space of JSON (RFC 8259 section 2).
func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// next skips white space and takes one byte; 0 at the end.
func (r *reader) next() byte {
	r.space()
	if r.at == len(r.text) {
		return 0
	}
	r.at++
	return r.text[r.at-1]
}

func (r *reader) value() (any, bool) {
	switch c := r.next(); c {
	case '{':
		return r.object()
	case '[':
		return r.list()
	case '"':
		return r.string()
	case 't':
		return true, r.word("rue")
	case 'f':
		return false, r.word("alse")
	case 'n':
		return nil, r.word("ull")
	case 0:
		return nil, false
	default:
		r.at--
		return r.number()
	}
}

func (r *reader) word(rest string) bool {
	if len(r.text)-r.at < len(rest) || string(r.text[r.at:r.at+len(rest)]) != rest {
		return false
	}
	r.at += len(rest)
	return true
}

func (r *reader) object() (any, bool) {
	if r.depth == 0 {
		return nil, false
	}
	r.depth--
	object := map[string]any{}
	for c := r.next(); ; c = r.next() {
		if c == '}' && len(object) == 0 {
			break
		}
		if c != '"' {
			return nil, false
		}
		name, ok := r.string()
		if _, twice := object[name]; !ok || twice || name == "__proto__" || r.next() != ':' {
			return nil, false
		}
		if object[name], ok = r.value(); !ok {
			return nil, false
		}
		if c = r.next(); c == '}' {
			break
		}
		if c != ',' {
			return nil, false
		}
	}
	r.depth++
	return object, true
}

func (r *reader) list() (any, bool) {
	if r.depth == 0 {
		return nil, false
	}
	r.depth--
	list := []any{}
	if r.next() == ']' {
		r.depth++
		return list, true
	}
	r.at--
	for {
		element, ok := r.value()
		if !ok {
			return nil, false
		}
		list = append(list, element)
		switch r.next() {
		case ']':
			r.depth++
			return list, true
		case ',':
		default:
			return nil, false
		}
	}
}

// string reads behind the first quote.
func (r *reader) string() (string, bool) {
	start := r.at
	for ; r.at < len(r.text); r.at++ {
		switch c := r.text[r.at]; {
		case c == '"':
			r.at++
			return string(r.text[start : r.at-1]), true
		case c == '\\':
			return r.escaped(append([]byte{}, r.text[start:r.at]...))
		case c < 0x20:
			return "", false
		}
	}
	return "", false
}

var escapes = map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escaped goes on from the first backslash.
func (r *reader) escaped(text []byte) (string, bool) {
	for r.at < len(r.text) {
		c := r.text[r.at]
		r.at++
		if c == '"' {
			return string(text), true
		}
		if c < 0x20 {
			return "", false
		}
		if c != '\\' {
			text = append(text, c)
			continue
		}
		if r.at == len(r.text) {
			return "", false
		}
		kind := r.text[r.at]
		r.at++
		if kind == 'u' {
			char, ok := r.unit()
			if ok && utf16.IsSurrogate(char) {
				low, isPair := rune(0), r.word("\\u")
				if isPair {
					low, isPair = r.unit()
				}
				char = utf16.DecodeRune(char, low)
				ok = isPair && char != utf8.RuneError
			}
			if !ok {
				return "", false
			}
			text = utf8.AppendRune(text, char)
			continue
		}
		plain, known := escapes[kind]
		if !known {
			return "", false
		}
		text = append(text, plain)
	}
	return "", false
}

// unit reads four hexadecimal digits.
func (r *reader) unit() (rune, bool) {
	if len(r.text)-r.at < 4 {
		return 0, false
	}
	var unit rune
	for _, c := range r.text[r.at : r.at+4] {
		digit, ok := hexDigit(c)
		if !ok {
			return 0, false
		}
		unit = unit<<4 | rune(digit)
	}
	r.at += 4
	return unit, true
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10, true
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

func (r *reader) digits() int {
	start := r.at
	for r.at < len(r.text) && '0' <= r.text[r.at] && r.text[r.at] <= '9' {
		r.at++
	}
	return r.at - start
}

func (r *reader) one(of string) bool {
	for i := range len(of) {
		if r.at < len(r.text) && r.text[r.at] == of[i] {
			r.at++
			return true
		}
	}
	return false
}

func (r *reader) number() (any, bool) {
	start := r.at
	r.one("-")
	if !r.one("0") && r.digits() == 0 {
		return nil, false
	}
	if r.one(".") && r.digits() == 0 {
		return nil, false
	}
	if r.one("eE") {
		r.one("+-")
		if r.digits() == 0 {
			return nil, false
		}
	}
	// Beyond the range it is an infinity, which no claim may be.
	number, _ := strconv.ParseFloat(string(r.text[start:r.at]), 64)
	return number, true
}
