package jsvm

import "testing"

// The answers are those of a browser whose language is American English.
func TestTextsOfALocale(t *testing.T) {
	for line, want := range map[string]string{
		`(1234567.891).toLocaleString()`:                                  "1,234,567.891",
		`(0.5).toLocaleString() + (-0).toLocaleString()`:                  "0.5-0",
		`(999.9996).toLocaleString()`:                                     "1,000",
		`(1.0005).toLocaleString("en-US")`:                                "1.001",
		`(1e-7).toLocaleString()`:                                         "0",
		`(1.25e21).toLocaleString()`:                                      "1,250,000,000,000,000,000,000",
		`(-1234.5).toLocaleString("en", {minimumFractionDigits: 2})`:      "-1,234.50",
		`(1234.56).toLocaleString(undefined, {maximumFractionDigits: 0})`: "1,235",
		`(1234).toLocaleString([], {useGrouping: false})`:                 "1234",
		`NaN.toLocaleString() + (-Infinity).toLocaleString()`:             "NaN-∞",
		`[1234, 5.5].toLocaleString()`:                                    "1,234,5.5",
		`new Date(2024, 0, 5, 15, 4, 9).toLocaleString()`:                 "1/5/2024, 3:04:09 PM",
		`new Date(2024, 11, 25).toLocaleDateString("en-US")`:              "12/25/2024",
		`new Date(2024, 11, 25).toLocaleTimeString()`:                     "12:00:00 AM",
		`new Date(NaN).toLocaleString()`:                                  "Invalid Date",
		`(1.5).toLocaleString("de")`:                                      "throws TypeError",
		`(1.5).toLocaleString("en-US", {style: "percent"})`:               "throws TypeError",
		`new Date(0).toLocaleDateString("de-DE")`:                         "throws TypeError",
		`new Date(0).toLocaleTimeString([], {timeZone: "UTC"})`:           "throws TypeError",
		`Number.prototype.toLocaleString.call({})`:                        "throws TypeError",
	} {
		if got := answer(t, "const show = String;", line); got != want {
			t.Errorf("%s: %s, want %s", line, got, want)
		}
	}
}
