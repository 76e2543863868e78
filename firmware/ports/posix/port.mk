# The firmware as a native process, with a simulated joint: for tests of the whole way.
POSIX_SOURCES := $(wildcard ports/posix/*.cpp)
POSIX_OBJECTS := $(POSIX_SOURCES:ports/posix/%.cpp=$(B)/posix/%.o)

$(eval $(call core-objects,posix,$(HOST_CXX),))

$(B)/posix/%.o: ports/posix/%.cpp $(wildcard ports/posix/*.hpp) $(CORE_HEADERS)
	@mkdir -p $(@D)
	$(Q)$(HOST_CXX) $(FIRMWARE_FLAGS) $(WARNINGS) -c $< -o $@

$(B)/posix/twin-posix: $(POSIX_OBJECTS) $(posix_CORE)
	$(Q)$(HOST_CXX) -Wl,--gc-sections -o $@ $^

.PHONY: posix
posix: $(B)/posix/twin-posix
PORT_TARGETS += posix
