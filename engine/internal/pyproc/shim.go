package pyproc

import (
	"embed"
	"encoding/binary"
	"encoding/json"
	"sync"
)

//go:embed shim/*.py
var shim embed.FS

// modules are the parts of the shim in the order of their imports.
var modules = []string{"kept", "values", "promise", "memory", "reading", "peer", "api", "utils", "browser", "hints", "plugin", "main"}

// KeptFolder is the variable of Options.Env that names the folder where files that came as
// bytes get a path: one that the child may write, and that somebody removes after it.
// Without it they lie in the folder for temporary files, and stay there.
const KeptFolder = "IMJOY_KEPT"

// texts are the modules with their names.
func texts() [][2]string {
	list := [][2]string{{"_imjoy", ""}}
	for _, name := range modules {
		list = append(list, [2]string{"_imjoy." + name, shimFile(name)})
	}
	return list
}

// payload is the first thing on a connection: the length and the text of the
// modules, for boot.py.
var payload = sync.OnceValue(func() []byte {
	text, err := json.Marshal(texts())
	if err != nil {
		panic(err) // strings always marshal
	}
	return sized(text)
})

// sized puts the length before what boot.py reads.
func sized(data []byte) []byte {
	return append(binary.LittleEndian.AppendUint32(nil, uint32(len(data))), data...)
}

func shimFile(name string) string {
	text, err := shim.ReadFile("shim/" + name + ".py")
	if err != nil {
		panic(err) // it is part of this program
	}
	return string(text)
}
