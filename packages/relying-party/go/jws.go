package guard

import (
	"encoding/base64"
	"strings"
)

const longestJWT = 8192

var strict = base64.RawURLEncoding.Strict()

func b64(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

// unb64 is strict base64url. The decoder of Go passes over line breaks, which are no characters of it.
func unb64(text string) ([]byte, bool) {
	if strings.ContainsAny(text, "\r\n") {
		return nil, false
	}
	data, err := strict.DecodeString(text)
	return data, err == nil
}

func unb64Of(text string, length int) ([]byte, bool) {
	if base64.RawURLEncoding.DecodedLen(len(text)) != length {
		return nil, false
	}
	data, ok := unb64(text)
	return data, ok && len(data) == length
}

// jws is a compact JWS, split and not decoded.
type jws struct{ header, payload, signature, input string }

func split(text string, longest int) (jws, bool) {
	header, rest, found := strings.Cut(text, ".")
	payload, signature, more := strings.Cut(rest, ".")
	ok := len(text) <= longest && found && more && header != "" && payload != "" && signature != "" &&
		!strings.Contains(signature, ".")
	if !ok {
		return jws{}, false
	}
	return jws{header, payload, signature, text[:len(header)+1+len(payload)]}, true
}

// segment reads the JSON object of a header or payload.
func segment(text string) (map[string]any, bool) { return segmentTo(text, 8) }

func segmentTo(text string, depth int) (map[string]any, bool) {
	data, ok := unb64(text)
	if !ok {
		return nil, false
	}
	return readObject(data, depth)
}

// lower lowers the letters of ASCII and no others: strings.EqualFold and strings.ToLower take further ones for them.
func lower(text string) string {
	for i := range len(text) {
		if c := text[i]; 'A' <= c && c <= 'Z' {
			bytes := []byte(text)
			for j := i; j < len(bytes); j++ {
				if c := bytes[j]; 'A' <= c && c <= 'Z' {
					bytes[j] = c + 'a' - 'A'
				}
			}
			return string(bytes)
		}
	}
	return text
}

// isType compares a media type (RFC 7515 section 4.1.9).
func isType(typ any, expected string) bool {
	text, ok := typ.(string)
	return ok && strings.TrimPrefix(lower(text), "application/") == expected
}

// isTime is a number of seconds from 0 to 2^53 - 1.
func isTime(value any) (float64, bool) {
	number, ok := value.(float64)
	return number, ok && number >= 0 && number <= 1<<53-1
}

// isText says whether all characters are admitted, and their number is within bounds.
func isText(value any, least, most int, admits func(byte) bool) (string, bool) {
	text, ok := value.(string)
	if !ok || len(text) < least || len(text) > most {
		return "", false
	}
	for i := range len(text) {
		if !admits(text[i]) {
			return "", false
		}
	}
	return text, true
}

func isVisible(c byte) bool { return '!' <= c && c <= '~' }
func isAlnum(c byte) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}
func isURLChar(c byte) bool { return isAlnum(c) || c == '-' || c == '_' }

func oneOf(value any, words ...string) (string, bool) {
	text, _ := value.(string)
	for _, word := range words {
		if text == word {
			return text, true
		}
	}
	return "", false
}
