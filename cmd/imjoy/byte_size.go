package main

import (
	"errors"
	"strconv"
	"strings"
)

// byteSize is a flag that takes a number of bytes with a unit: 512M, 2G, 1048576.
type byteSize int64

func (b *byteSize) String() string {
	if *b == 0 {
		return ""
	}
	return strconv.FormatInt(int64(*b), 10)
}

// Type is the word help shows for the value.
func (b *byteSize) Type() string { return "SIZE" }

// Set reads a size; units are powers of 1024, with or without "B" or "iB".
func (b *byteSize) Set(text string) error {
	number := strings.ToUpper(strings.TrimSpace(text))
	number = strings.TrimSuffix(strings.TrimSuffix(number, "B"), "I")
	shift := 0
	if n := len(number); n > 0 {
		if i := strings.IndexByte("KMGT", number[n-1]); i >= 0 {
			shift, number = 10*(i+1), number[:n-1]
		}
	}
	n, err := strconv.ParseFloat(number, 64)
	bytes := n * float64(int64(1)<<shift)
	if err != nil || !(bytes >= 1) || bytes > 1<<60 {
		return errors.New("must be a size, such as 512M or 2G")
	}
	*b = byteSize(bytes)
	return nil
}
