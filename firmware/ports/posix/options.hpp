#pragma once
#include <stddef.h>
#include <stdint.h>

#include "core/config.hpp"

namespace twin::posix {

/// What the command line asks for.
struct Options {
  Config config;
  /// An address, IPv4 or IPv6; names would need a resolver, which waits.
  const char* host = "127.0.0.1";
  uint16_t port = 1883;
  /// Position of the simulated joint at the start, m or rad.
  float start = 0.0F;
  /// Added to the board's clocks, so that they wrap when a test wants it.
  uint32_t clockOffsetUs = 0;
  uint32_t clockOffsetMs = 0;
};

enum class Parsed : uint8_t { kRun, kHelp, kWrong };

/// Reads the command line; what is wrong with it is written to standard error.
Parsed parseOptions(int count, char** words, Options& options);

void printHelp();

/// Writes a line of up to four pieces to a file descriptor at once; null pieces are left out.
void printLine(int to, const char* a, const char* b = nullptr, const char* c = nullptr, const char* d = nullptr);

}  // namespace twin::posix
