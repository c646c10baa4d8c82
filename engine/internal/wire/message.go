package wire

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/imjoy-tools/imjoy/engine/value"
)

// version is the protocol's: "v" of every header.
const version = 1

// The kinds of a message.
const (
	kindCall    = "call"
	kindResult  = "result"
	kindError   = "error"
	kindNotify  = "notify"
	kindCancel  = "cancel"
	kindRelease = "release"
)

// message is a header.
type message struct {
	Version   int             `json:"v"`
	ID        uint64          `json:"id"`
	Kind      string          `json:"kind"`
	Deadline  *float64        `json:"deadline"` // milliseconds left
	Method    string          `json:"method"`
	Target    uint64          `json:"target"`
	Functions []functionRef   `json:"functions"`
	Args      json.RawMessage `json:"args"`
	Result    json.RawMessage `json:"result"`
	Error     *Fault          `json:"error"`
}

// functionRef is a function that a frame carries.
type functionRef struct {
	ID   uint64 `json:"id"`
	Once bool   `json:"once,omitempty"`
}

// UnmarshalJSON also takes a bare number, as release lists them.
func (f *functionRef) UnmarshalJSON(text []byte) error {
	if n, err := strconv.ParseUint(string(text), 10, 64); err == nil {
		*f = functionRef{ID: n}
		return nil
	}
	type plain functionRef
	return json.Unmarshal(text, (*plain)(f))
}

// Fault is an error of the other side: what it said, and where in the document it
// was.
type Fault struct {
	Name    string     `json:"name,omitempty"`
	Message string     `json:"message"`
	Stack   []Position `json:"stack,omitempty"`
	Trace   string     `json:"trace,omitempty"` // from the host: where another plugin threw it, for people
}

// Position is a place of a stack: line and column of the plugin's document, both
// 1-based, columns in Unicode code points; Block counts the plugin's scripts from
// 0. A line of 0 means "not in the document"; File is the address of a script or module
// that the plugin loaded, in which the place then is.
type Position struct {
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Function string `json:"function,omitempty"`
	Block    int    `json:"block"`
	File     string `json:"file,omitempty"`
}

func (f *Fault) Error() string {
	return (&value.Error{Name: f.Name, Message: f.Message}).Error()
}

// append writes the header. Values are encoded already and go in as they are.
func (m *message) append(dst []byte) []byte {
	dst = append(strconv.AppendInt(append(dst, `{"v":`...), version, 10), `,"kind":"`...)
	dst = append(append(dst, m.Kind...), '"')
	if m.ID != 0 {
		dst = strconv.AppendUint(append(dst, `,"id":`...), m.ID, 10)
	}
	if m.Method != "" {
		dst = value.AppendString(append(dst, `,"method":`...), m.Method)
	}
	if m.Target != 0 {
		dst = strconv.AppendUint(append(dst, `,"target":`...), m.Target, 10)
	}
	if m.Deadline != nil {
		dst = strconv.AppendFloat(append(dst, `,"deadline":`...), *m.Deadline, 'f', 0, 64)
	}
	if len(m.Functions) > 0 {
		dst = append(dst, `,"functions":[`...)
		for i, f := range m.Functions {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = strconv.AppendUint(append(dst, `{"id":`...), f.ID, 10)
			if f.Once {
				dst = append(dst, `,"once":true`...)
			}
			dst = append(dst, '}')
		}
		dst = append(dst, ']')
	}
	if m.Args != nil {
		dst = append(append(dst, `,"args":`...), m.Args...)
	}
	if m.Result != nil {
		dst = append(append(dst, `,"result":`...), m.Result...)
	}
	if m.Error != nil {
		text, _ := json.Marshal(m.Error)
		dst = append(append(dst, `,"error":`...), text...)
	}
	return append(dst, '}')
}

// parseMessage reads a header.
func parseMessage(header []byte) (*message, error) {
	m := new(message)
	if err := json.Unmarshal(header, m); err != nil {
		return nil, fmt.Errorf("%w: %w", errMalformed, err)
	}
	if m.Version > version {
		return nil, fmt.Errorf("%w: the other side speaks version %d of the protocol, this one %d", errMalformed, m.Version, version)
	}
	return m, nil
}
