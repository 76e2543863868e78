#include "rig.hpp"
#include "runner.hpp"

using namespace test;

namespace {

// Whether the device ends the connection, and does nothing else, at these bytes.
bool closes(const std::string& inbound, bool isUp) {
  Rig rig;
  if (isUp) {
    rig.goOnline();
  } else {
    rig.isBrokerSilent = true;
    rig.run(2);
  }
  rig.transport.inbound += inbound;
  rig.run(5);
  return rig.transport.state_ == twin::Transport::State::kClosed && rig.device.counters().violations == 1 &&
         rig.board.duty == 0.0F;
}

}  // namespace

TEST("a packet cut at any place is put together") {
  for (size_t chunk = 1; chunk < 8; ++chunk) {
    Rig rig;
    rig.transport.chunk = chunk;
    rig.goOnline();
    CHECK(rig.device.isOnline());
    rig.deliver("x");
    rig.run(50);
    CHECK(rig.published("ack").size() == 1);
  }
}

TEST("a packet that is too large is skipped, counted, and what follows is read") {
  for (const size_t size : {1000U, 1001U, 3000U, 20000U, 200000U}) {
    for (const size_t chunk : {7U, 1460U, 4096U}) {
      if (size == 200000U && chunk == 7U) continue;
      Rig rig;
      rig.goOnline();
      rig.transport.chunk = chunk;
      rig.deliver(std::string(size, '{'));
      rig.run(800);
      CHECK(rig.published("ack").size() == (size < 1000 ? 1 : 0));
      CHECK(rig.device.counters().oversize == 1);
      CHECK(rig.command(1).find("true") != std::string::npos);
    }
  }
}

TEST("the largest packet that fits is read") {
  Rig rig;
  rig.goOnline();
  rig.deliver(std::string(1024 - 2 - 23, '{'));
  rig.run(20);
  CHECK(rig.published("ack").size() == 1 && rig.device.counters().oversize == 0);
}

TEST("what a broker must not send ends the connection") {
  CHECK(closes(bytes({0x20, 2, 0, 5}), false));       // refused
  CHECK(closes(bytes({0x20, 2, 1, 0}), false));       // a session that was not kept
  CHECK(closes(bytes({0x20, 3, 0, 0, 0}), false));    // false length
  CHECK(closes(bytes({0xD0, 0}), false));             // before CONNACK
  CHECK(closes(bytes({0x20, 2, 0, 0}), true));        // twice
  CHECK(closes(bytes({0x90, 3, 0, 1, 0x80}), true));  // subscription refused
  CHECK(closes(bytes({0x90, 3, 0, 1, 1}), true));     // more than was asked for
  CHECK(closes(bytes({0x50, 2, 0, 1}), true));        // PUBREC
  CHECK(closes(bytes({0x82, 2, 0, 1}), true));        // a client's packet
  CHECK(closes(bytes({0x00, 0}), true));
  CHECK(closes(bytes({0xF0, 0}), true));
  CHECK(closes(bytes({0xD1, 0}), true));                   // reserved flags
  CHECK(closes(bytes({0x32, 5, 0, 1, 'a', 0, 1}), true));  // QoS 1 unasked
  CHECK(closes(bytes({0x36, 5, 0, 1, 'a', 0, 1}), true));  // QoS 3
  CHECK(closes(bytes({0x38, 3, 0, 1, 'a'}), true));        // DUP at QoS 0
  CHECK(closes(bytes({0x30, 2, 0, 0}), true));             // no topic
  CHECK(closes(bytes({0x30, 3, 0, 2, 'a'}), true));        // topic longer than the packet
  CHECK(closes(bytes({0x30, 3, 255, 255, 'a'}), true));
  CHECK(closes(bytes({0x30, 0xFF, 0xFF, 0xFF, 0xFF, 1}), true));     // length of five bytes
  CHECK(closes(publishPacket("t", std::string(3000, 'x')), false));  // oversize before CONNACK
}

TEST("a topic that is not the device's is passed over") {
  Rig rig;
  rig.goOnline();
  for (const char* topic : {"twin/v1/gripper/comman", "twin/v1/gripper/commands", "twin/v1/gripped/command", "x"}) {
    rig.transport.inbound += publishPacket(topic, "{}");
  }
  rig.run(20);
  CHECK(rig.published("ack").empty() && rig.device.isOnline());
}

TEST("a false length cannot keep a dead session up") {
  Rig rig;
  rig.goOnline();
  rig.transport.inbound += bytes({0x30, 0xFF, 0xFF, 0xFF, 0x7F});
  rig.run(3100);  // PINGRESPs go on, and are swallowed
  CHECK(rig.device.counters().lostSessions == 1);
  rig.goOnline();
  CHECK(rig.device.isOnline());
}
