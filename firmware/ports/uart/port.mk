# Frames on a UART, tested on this machine.

$(B)/uart-test/run: $(wildcard ports/uart/*.cpp ports/uart/*.hpp ports/uart/test/*.cpp) core/transport.hpp
	@mkdir -p $(@D)
	$(Q)$(HOST_CXX) -std=c++17 -O1 -g $(WARNINGS) -fsanitize=address,undefined -fno-sanitize-recover=all -o $@ $(filter %.cpp,$^)

.PHONY: uart-test
uart-test: $(B)/uart-test/run
	$(Q)$(B)/uart-test/run

test: uart-test
