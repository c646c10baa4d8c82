package address

import (
	"net/url"
	"strings"
)

// hidden stands for a secret in everything that is printed.
const hidden = "***"

// secretParameter matches names of query parameters that carry credentials.
var secretParameter = pattern(`(?i)^(access_?token|token|auth|api_?key|key|password|passwd|pwd|secret|client_secret|private_token|job_token|sig|signature|x-amz-(signature|credential|security-token)|x-goog-(signature|credential)|awsaccesskeyid)$`)

// secretWord matches tokens that are recognisable wherever they stand.
var secretWord = pattern(`\b(gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}|xox[baprs]-[A-Za-z0-9-]{10,}|AKIA[A-Z0-9]{16})\b`)

// userinfo matches what stands before the host, up to the last "@" of the authority.
var userinfo = pattern(`([A-Za-z][A-Za-z0-9+.-]*://)([^/?#\s]*)@`)

// parameter matches one name=value of a query or fragment.
var parameter = pattern(`([?&;#])([^=&;#\s]+)=([^&;#\s]*)`)

// Redact replaces the credentials in the URLs of any text by "***": a user's name
// and password, tokens in the query, and words that look like tokens.
func Redact(text string) string {
	if strings.Contains(text, "://") {
		text = userinfo().ReplaceAllString(text, "${1}"+hidden+"@")
		text = parameter().ReplaceAllStringFunc(text, redactParameter)
	}
	return secretWord().ReplaceAllString(text, hidden)
}

// HasCredentials reports whether a text holds what [Redact] would hide.
func HasCredentials(text string) bool { return Redact(text) != text }

func redactParameter(match string) string {
	parts := parameter().FindStringSubmatch(match)
	name, err := url.QueryUnescape(parts[2])
	if err != nil {
		name = parts[2]
	}
	if parts[3] == "" || !secretParameter().MatchString(name) {
		return match
	}
	return parts[1] + parts[2] + "=" + hidden
}
