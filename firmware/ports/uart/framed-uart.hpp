#pragma once
#include "../../core/transport.hpp"
#include "byte-port.hpp"
#include "cobs-decoder.hpp"

namespace twin {

/// A way to the broker over a UART: `twin gateway` at the other end turns frames into a TCP connection.
///
/// A frame is one MQTT control packet. An empty one, either way, says that the connection is over.
class FramedUart : public Transport {
 public:
  /// The port must live as long as this.
  explicit FramedUart(BytePort& port) : port_(port) {}

  /// Open at once: the gateway connects when it sees the CONNECT packet.
  void open() override;
  State state() override;
  size_t read(uint8_t* to, size_t room) override;
  bool write(const uint8_t* packet, size_t size) override;
  void close() override;

  /// Frames dropped since the start: malformed, too long or with a wrong CRC.
  uint32_t dropped() const { return dropped_; }

 private:
  void receive();
  bool send(const uint8_t* packet, size_t size);

  BytePort& port_;
  CobsDecoder decoder_;
  size_t taken_ = 0;  // of the packet that waits in the decoder
  bool waiting_ = false;
  bool open_ = false;
  bool farewellDue_ = false;
  uint32_t dropped_ = 0;
};

}  // namespace twin
