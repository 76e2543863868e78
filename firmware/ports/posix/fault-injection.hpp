#pragma once
#include <stddef.h>

#include "posix-board.hpp"

namespace twin::posix {

/// Does harm on request: `sensor nan`, `sensor ok`, `supply V`, `pause MS`, a line each on standard input.
class FaultInjection {
 public:
  explicit FaultInjection(PosixBoard& board) : board_(board) {}

  /// Takes what has arrived, without waiting. Call it only when there is something to read, or the end.
  void read();

  /// False when standard input has ended.
  bool isOpen() const { return isOpen_; }

 private:
  void obey(const char* line);

  PosixBoard& board_;
  char line_[64];
  size_t size_ = 0;
  bool isOpen_ = true;
};

}  // namespace twin::posix
