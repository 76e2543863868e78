# Tests of the core on this machine, with the sanitizers on.
TEST_SOURCES := $(wildcard test/*.cpp)
TEST_OBJECTS := $(TEST_SOURCES:%.cpp=$(B)/%.o) $(CORE_SOURCES:core/%.cpp=$(B)/test/core/%.o)
TEST_FLAGS := -std=c++17 -O1 -g -I. -Wall -Wextra -Werror -fsanitize=address,undefined -fno-sanitize-recover=all

$(B)/test/core/%.o: core/%.cpp $(CORE_HEADERS)
	@mkdir -p $(@D)
	$(Q)$(HOST_CXX) $(TEST_FLAGS) $(WARNINGS) -fno-exceptions -fno-rtti -c $< -o $@

$(B)/test/%.o: test/%.cpp $(wildcard test/*.hpp) $(CORE_HEADERS)
	@mkdir -p $(@D)
	$(Q)$(HOST_CXX) $(TEST_FLAGS) -c $< -o $@

$(B)/test/run: $(TEST_OBJECTS)
	$(Q)$(HOST_CXX) $(TEST_FLAGS) -o $@ $^

test: core-checks $(B)/test/run
	$(Q)$(B)/test/run

# twin-posix at a real Mosquitto.
.PHONY: try
try: posix
	$(Q)node test/posix-broker.mjs
