package lint

import "slices"

// fieldClass tells what a field of the config is that the published schema does not
// have, because nobody should write it.
type fieldClass uint8

const (
	unknown  fieldClass = iota
	planned             // of this project
	legacy              // an old name; package pluginfile tells of it
	computed            // set by ImJoy when it loads the plugin
	retired             // nobody reads it
	external            // of pages of other servers, in their handshake
)

// otherFields are the fields beside those of the published schema (format notes,
// section 2.2).
var otherFields = map[string]fieldClass{
	"slot": planned, "order": planned, "chunk": planned,

	"mode": legacy, "default": legacy, "author": legacy, "homepage": legacy,

	"show_panel": retired, "extensions": retired, "createdAt": retired, "disabled": retired,

	"_id": computed, "id": computed, "tag": computed, "lang": computed, "script": computed, "scripts": computed, "windows": computed,
	"styles": computed, "links": computed, "attachments": computed, "code": computed, "hash": computed, "uri": computed, "origin": computed,
	"namespace": computed, "workspace": computed, "badges": computed, "engine_mode": computed, "hot_reloading": computed,

	"credential_required": external, "credential_fields": external, "verify_credential": external, "auth": external,
	"target_origin": external, "enable_service_worker": external, "cache_requirements": external, "forwarding_functions": external,
	"expose_api_globally": external, "allow_execution": external,
}

// knownField reports whether a config may have a field.
func knownField(name string) bool {
	return otherFields[name] != unknown || slices.Contains(published(), name)
}
