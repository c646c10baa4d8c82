package lint

import (
	"slices"

	"github.com/imjoy-tools/imjoy/pluginfile/conf"
)

// fieldClass tells who sets a field.
type fieldClass uint8

const (
	forAuthors fieldClass = iota
	computed              // by ImJoy, when it loads the plugin
	retired               // nobody reads it
	external              // pages of other servers, in their handshake
)

// field is what is known of a field of the config. Without kinds, another package
// checks its value.
type field struct {
	class fieldClass
	kinds []conf.Kind
}

var (
	text   = []conf.Kind{conf.String, conf.Null}
	texts  = []conf.Kind{conf.String, conf.List, conf.Null}
	object = []conf.Kind{conf.Map, conf.Null}
)

// fields are the fields of a config (format notes, section 2.2).
var fields = map[string]field{
	"name": {kinds: []conf.Kind{conf.String}}, "type": {}, "version": {kinds: []conf.Kind{conf.String, conf.Number}},
	"api_version": {kinds: []conf.Kind{conf.String, conf.Number}}, "description": {kinds: text}, "tags": {},
	"ui": {}, "icon": {}, "cover": {}, "labels": {}, "flags": {}, "env": {}, "cmd": {}, "requirements": {}, "dependencies": {},
	"permissions": {}, "base_frame": {}, "base_worker": {}, "passive": {},
	"inputs": {kinds: object}, "outputs": {kinds: object}, "defaults": {kinds: object}, "default": {},
	"runnable": {kinds: []conf.Kind{conf.Bool, conf.Null}}, "docs": {kinds: []conf.Kind{conf.String, conf.Map, conf.Null}},
	"url": {kinds: texts}, "license": {kinds: texts}, "authors": {}, "author": {}, "repository": {}, "website": {kinds: texts}, "homepage": {kinds: texts},
	"mode": {}, "slot": {kinds: text}, "order": {kinds: []conf.Kind{conf.Number, conf.Null}}, "chunk": {kinds: object},

	"show_panel": {class: retired}, "extensions": {class: retired}, "createdAt": {class: retired}, "disabled": {class: retired},

	"_id": {class: computed}, "id": {class: computed}, "tag": {class: computed}, "lang": {class: computed}, "script": {class: computed},
	"scripts": {class: computed}, "windows": {class: computed}, "styles": {class: computed}, "links": {class: computed},
	"attachments": {class: computed}, "code": {class: computed}, "hash": {class: computed}, "uri": {class: computed}, "origin": {class: computed},
	"namespace": {class: computed}, "workspace": {class: computed}, "badges": {class: computed}, "engine_mode": {class: computed},
	"hot_reloading": {class: computed},

	"credential_required": {class: external}, "credential_fields": {class: external}, "verify_credential": {class: external}, "auth": {class: external},
	"target_origin": {class: external}, "enable_service_worker": {class: external}, "cache_requirements": {class: external},
	"forwarding_functions": {class: external}, "expose_api_globally": {class: external}, "allow_execution": {class: external},
}

// authored are the names an author may have meant, the usual ones first.
var authored = func() []string {
	var names []string
	for name, f := range fields {
		if f.class == forAuthors && name != "default" && name != "mode" && name != "author" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}()
