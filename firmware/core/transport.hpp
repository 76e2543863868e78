#pragma once
#include <stddef.h>
#include <stdint.h>

namespace twin {

/// Largest MQTT control packet, fixed header included, that the core ever writes; also the largest body of a
/// packet that it reads: larger ones it skips.
constexpr size_t kMaxPacketBytes = 1024;

/// A two-way way to the broker: a TCP connection, or a framed UART to `twin gateway`.
///
/// No call waits. What cannot be done at once is refused and tried again by the caller.
class Transport {
 public:
  enum class State : uint8_t { kClosed, kOpening, kOpen };

  /// Begins to connect; ignored unless closed. Where it leads is seen from `state`.
  virtual void open() = 0;

  virtual State state() = 0;

  /// Takes up to `room` bytes that have arrived, in order. 0: none now.
  virtual size_t read(uint8_t* to, size_t room) = 0;

  /// Hands over one whole MQTT control packet, or nothing of it: false when there is no room for all of it now.
  /// A transport that frames packets sends each in a frame of its own.
  virtual bool write(const uint8_t* packet, size_t size) = 0;

  /// Ends the connection without a farewell and drops what has not been read.
  virtual void close() = 0;

 protected:
  ~Transport() = default;
};

}  // namespace twin
