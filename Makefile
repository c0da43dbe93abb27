# What a person types. `make fuzz TARGET=json SECONDS=60` runs one target for a minute.

SECONDS := 300
TARGET :=

.PHONY: fuzz

## fuzz: every parser under libFuzzer and AddressSanitizer, SECONDS each
fuzz:
	SECONDS_EACH=$(SECONDS) Tests/Fuzzing/run $(TARGET)
