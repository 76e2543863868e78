#include "fault-injection.hpp"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "options.hpp"

namespace twin::posix {
namespace {

// The number after a word; NaN when there is none.
float numberAfter(const char* line, const char* word) {
  const size_t size = strlen(word);
  if (strncmp(line, word, size) != 0) return NAN;
  char* end = nullptr;
  const float value = strtof(line + size, &end);
  return end != line + size && *end == '\0' ? value : NAN;
}

void stall(float ms) {
  const long whole = lroundf(ms);
  timespec left{whole / 1000, (whole % 1000) * 1000000};
  while (nanosleep(&left, &left) != 0) {
  }
}

}  // namespace

void FaultInjection::read() {
  char bytes[64];
  const ssize_t count = ::read(STDIN_FILENO, bytes, sizeof bytes);
  if (count <= 0) {
    isOpen_ = false;
    return;
  }
  for (ssize_t i = 0; i < count; ++i) {
    if (bytes[i] == '\n') {
      line_[size_ < sizeof line_ ? size_ : sizeof line_ - 1] = '\0';
      size_ = 0;
      obey(line_);
    } else if (size_ < sizeof line_) {
      line_[size_++] = bytes[i];
    }
  }
}

void FaultInjection::obey(const char* line) {
  const float volts = numberAfter(line, "supply ");
  const float pauseMs = numberAfter(line, "pause ");
  if (strcmp(line, "sensor nan") == 0) {
    board_.breakSensor(true);
  } else if (strcmp(line, "sensor ok") == 0) {
    board_.breakSensor(false);
  } else if (isfinite(volts)) {
    board_.setSupply(volts);
  } else if (isfinite(pauseMs) && pauseMs >= 0.0F && pauseMs < 1e7F) {
    stall(pauseMs);
  } else if (*line != '\0') {
    printLine(STDERR_FILENO, "twin-posix: not understood: ", line);
  }
}

}  // namespace twin::posix
