# Fuzzing of the core: `make fuzz`, FUZZ_SESSIONS=N for another number than a million, FUZZ_SEED=S to repeat.
FUZZ_SOURCES := $(wildcard fuzz/*.cpp)
FUZZ_OBJECTS := $(FUZZ_SOURCES:%.cpp=$(B)/%.o) $(CORE_SOURCES:core/%.cpp=$(B)/fuzz/core/%.o)
FUZZ_FLAGS := -std=c++17 -O2 -g -I. -Wall -Wextra -Werror -fsanitize=address,undefined -fno-sanitize-recover

$(B)/fuzz/core/%.o: core/%.cpp $(CORE_HEADERS)
	@mkdir -p $(@D)
	$(Q)$(HOST_CXX) $(FUZZ_FLAGS) $(WARNINGS) -fno-exceptions -fno-rtti -c $< -o $@

$(B)/fuzz/%.o: fuzz/%.cpp $(wildcard fuzz/*.hpp) $(CORE_HEADERS)
	@mkdir -p $(@D)
	$(Q)$(HOST_CXX) $(FUZZ_FLAGS) -c $< -o $@

$(B)/fuzz/run: $(FUZZ_OBJECTS)
	$(Q)$(HOST_CXX) $(FUZZ_FLAGS) -o $@ $^

fuzz: $(B)/fuzz/run
	$(Q)$(B)/fuzz/run
