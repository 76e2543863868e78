#include "rig.hpp"
#include "runner.hpp"

using namespace test;

namespace {

// Runs until the device has sent CONNECT, and leaves the rest to the test.
void connectOnly(Rig& rig) {
  rig.isBrokerSilent = true;
  rig.run(2);
}

bool closes(const std::string& inbound, bool isUp) {
  Rig rig;
  if (isUp) {
    rig.goOnline();
  } else {
    connectOnly(rig);
  }
  rig.transport.inbound += inbound;
  rig.run(5);
  return rig.transport.state_ == twin::Transport::State::kClosed && rig.device.counters().violations == 1 &&
         rig.board.duty == 0.0F;
}

}  // namespace

TEST("CONNECT asks for a clean session with a will") {
  Rig rig;
  connectOnly(rig);
  const Packet connect = rig.transport.written.at(0);
  CHECK(connect.header == 0x10);
  CHECK(connect.body == bytes({0, 4, 'M', 'Q', 'T', 'T', 4, 0x2E, 0, 2, 0, 16}) + "gripper-00000011" + bytes({0, 22}) +
                            "twin/v1/gripper/status" + bytes({0, 7}) + "offline");
}

TEST("CONNECT names user and password") {
  twin::Config config = gripperConfig();
  config.username = "u";
  config.password = "pw";
  Rig rig(config);
  connectOnly(rig);
  const std::string body = rig.transport.written.at(0).body;
  CHECK(static_cast<uint8_t>(body[7]) == 0xEE);
  CHECK(body.substr(body.size() - 7) == bytes({0, 1, 'u', 0, 2, 'p', 'w'}));
}

TEST("a session begins with the subscription, the birth and the status") {
  Rig rig;
  rig.goOnline();
  const auto& written = rig.transport.written;
  CHECK(rig.device.isOnline() && written.size() >= 5);
  CHECK(written[1].header == 0x82);
  CHECK(written[1].body == bytes({0, 1, 0, 23}) + "twin/v1/gripper/command" + bytes({0}));
  CHECK(written[2].header == 0x33 && written[2].leaf() == "birth");
  CHECK(written[3].header == 0x33 && written[3].leaf() == "status" && written[3].payload() == "online");
  CHECK(written[4].header == 0x30 && written[4].leaf() == "telemetry");
  CHECK(written[2].payload() ==
        R"({"firmware":"test 1","boot":17,"link":"tool0","joint":"left_finger","signals":{)"
        R"("position":{"unit":"m","joint":"left_finger","property":"position"},)"
        R"("velocity":{"unit":"m/s","joint":"left_finger","property":"velocity"},)"
        R"("target":{"unit":"m","joint":"left_finger","property":"position","writable":true,"min":0,"max":0.04},)"
        R"("duty":{},"supply":{"unit":"V"},"state":{"type":"string"},"cause":{"type":"string"}}})");
}

TEST("a supply that is not measured is no signal") {
  twin::Config config = gripperConfig();
  config.minSupplyV = 0.0F;
  Rig rig(config);
  rig.board.supply = twin::kNaN;
  rig.goOnline();
  CHECK(rig.published("birth").at(0).find("supply") == std::string::npos);
  CHECK(rig.published("telemetry").at(0).find("supply") == std::string::npos);
  CHECK(rig.command(1).find("true") != std::string::npos);
}

TEST("the greatest configuration fits a packet") {
  const std::string name(64, 'n');
  const std::string user(128, 'u');
  const std::string password(512, 'p');
  twin::Config config = gripperConfig();
  config.id = config.firmware = config.robot = config.link = config.joint = name.c_str();
  config.username = user.c_str();
  config.password = password.c_str();
  config.isPrismatic = false;
  config.lower = -1.23456789e-30F;
  config.upper = 1.23456789e-30F;
  Rig rig(config);
  rig.goOnline();
  CHECK(rig.device.isOnline());
}

TEST("birth and status are said again, marked as repeated, until they are acknowledged") {
  Rig rig;
  connectOnly(rig);
  rig.transport.inbound += bytes({0x20, 2, 0, 0});
  rig.run(2);
  rig.transport.inbound += bytes({0x90, 3, 0, 1, 0});
  rig.run(10);
  CHECK(rig.published("birth").size() == 1 && !rig.device.isOnline());
  for (int i = 0; i < 3; ++i) {  // kept alive, but without PUBACK
    rig.transport.inbound += bytes({0xD0, 0});
    rig.run(1000);
  }
  CHECK(rig.published("birth").size() == 2 && rig.published("status").size() == 2);
  std::vector<Packet> births;
  for (const Packet& packet : rig.transport.written) {
    if (packet.type() == 3 && packet.leaf() == "birth") births.push_back(packet);
  }
  CHECK(births[1].header == 0x3B && births[1].atMs - births[0].atMs == 2000);
  CHECK(births[1].packetId() == births[0].packetId());
  rig.transport.inbound += bytes({0x40, 2, 0, 2, 0x40, 2, 0, 3, 0xD0, 0});
  rig.run(100);
  CHECK(rig.device.isOnline());
  rig.run(2500);
  CHECK(rig.published("birth").size() == 2);
}

TEST("a lost subscription is asked for again") {
  Rig rig;
  connectOnly(rig);
  rig.transport.inbound += bytes({0x20, 2, 0, 0, 0x40, 2, 0, 2, 0x40, 2, 0, 3});
  rig.run(1500);
  rig.transport.inbound += bytes({0xD0, 0});
  rig.run(600);
  int subscriptions = 0;
  for (const Packet& packet : rig.transport.written) subscriptions += packet.type() == 8 ? 1 : 0;
  CHECK(subscriptions == 2);
}

TEST("the status is confirmed once when the will of the start before must have come") {
  Rig rig;
  rig.goOnline();
  rig.run(20000);
  CHECK(rig.published("status").size() == 2);
  for (const std::string& status : rig.published("status")) CHECK(status == "online");
}

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
  CHECK(closes(bytes({0x20, 2, 0, 5}), false));        // refused
  CHECK(closes(bytes({0x20, 2, 1, 0}), false));        // a session that was not kept
  CHECK(closes(bytes({0x20, 3, 0, 0, 0}), false));     // false length
  CHECK(closes(bytes({0xD0, 0}), false));              // before CONNACK
  CHECK(closes(bytes({0x20, 2, 0, 0}), true));         // twice
  CHECK(closes(bytes({0x90, 3, 0, 1, 0x80}), true));   // subscription refused
  CHECK(closes(bytes({0x90, 3, 0, 1, 1}), true));      // more than was asked for
  CHECK(closes(bytes({0x50, 2, 0, 1}), true));         // PUBREC
  CHECK(closes(bytes({0x82, 2, 0, 1}), true));         // a client's packet
  CHECK(closes(bytes({0x00, 0}), true));
  CHECK(closes(bytes({0xF0, 0}), true));
  CHECK(closes(bytes({0xD1, 0}), true));               // reserved flags
  CHECK(closes(bytes({0x32, 5, 0, 1, 'a', 0, 1}), true));             // QoS 1 unasked
  CHECK(closes(bytes({0x36, 5, 0, 1, 'a', 0, 1}), true));             // QoS 3
  CHECK(closes(bytes({0x38, 3, 0, 1, 'a'}), true));                   // DUP at QoS 0
  CHECK(closes(bytes({0x30, 2, 0, 0}), true));                        // no topic
  CHECK(closes(bytes({0x30, 3, 0, 2, 'a'}), true));                   // topic longer than the packet
  CHECK(closes(bytes({0x30, 3, 255, 255, 'a'}), true));
  CHECK(closes(bytes({0x30, 0xFF, 0xFF, 0xFF, 0xFF, 1}), true));      // length of five bytes
  CHECK(closes(publishPacket("t", std::string(3000, 'x')), false));   // oversize before CONNACK
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

TEST("a quiet broker is pinged each second and given up after three without an answer") {
  Rig rig;
  rig.goOnline();
  rig.run(10000);
  CHECK(rig.device.counters().lostSessions == 0);
  rig.isBrokerSilent = true;
  rig.transport.written.clear();
  const uint32_t from = rig.transport.nowMs;
  while (rig.device.counters().lostSessions == 0) rig.run(1);
  int pings = 0;
  for (const Packet& packet : rig.transport.written) pings += packet.type() == 12 ? 1 : 0;
  CHECK(pings == 2 || pings == 3);
  CHECK(rig.transport.nowMs - from <= 3001);
}

TEST("something is sent within the keep-alive when telemetry is refused") {
  Rig rig;
  rig.goOnline();
  rig.transport.hasRoom = false;
  rig.run(900);
  rig.transport.hasRoom = true;
  rig.run(200);
  CHECK(rig.device.isOnline() && rig.transport.written.back().atMs + 200 >= rig.transport.nowMs);
}

TEST("attempts come with pauses of 0.25 s doubling to 4 s") {
  Rig rig;
  rig.transport.isReachable = false;
  rig.run(20000);
  const auto& opened = rig.transport.openedMs;
  const uint32_t pauses[] = {250, 500, 1000, 2000, 4000, 4000};
  CHECK(opened.size() >= 7 && opened[0] == 0);
  for (size_t i = 0; i + 1 < 7; ++i) CHECK(opened[i + 1] - opened[i] - pauses[i] <= 2);
}

TEST("after a session of 5 s the pauses begin anew, after a shorter one they do not") {
  Rig rig;
  rig.transport.isReachable = false;
  rig.run(3000);
  rig.transport.isReachable = true;
  rig.goOnline();
  rig.run(1000);
  rig.transport.openedMs.clear();
  uint32_t lost = rig.transport.nowMs;
  rig.transport.close();
  rig.goOnline();
  CHECK(rig.transport.openedMs.at(0) - lost >= 3900);
  rig.run(6000);
  rig.transport.openedMs.clear();
  lost = rig.transport.nowMs;
  rig.transport.close();
  rig.goOnline();
  CHECK(rig.transport.openedMs.at(0) - lost <= 260);
}

TEST("a greeting without an answer is given up") {
  Rig rig;
  connectOnly(rig);
  rig.run(3400);
  CHECK(rig.transport.openedMs.size() == 2);
}

TEST("leaving says offline, then goodbye, and never comes back") {
  Rig rig;
  rig.goOnline();
  rig.stream(0.03F, 200);
  rig.device.leave();
  CHECK(rig.board.duty == 0.0F);
  rig.run(50);
  CHECK(rig.device.hasLeft());
  CHECK(rig.published("status").back() == "offline");
  CHECK(rig.transport.written.back().header == 0xE0);
  rig.transport.openedMs.clear();
  rig.run(10000);
  CHECK(rig.transport.openedMs.empty() && rig.device.state() == twin::State::kFailsafe);
}

TEST("leaving without a session or an answer ends too") {
  Rig offline;
  offline.transport.isReachable = false;
  offline.run(10);
  offline.device.leave();
  offline.run(2);
  CHECK(offline.device.hasLeft());
  Rig silent;
  silent.goOnline();
  silent.isBrokerSilent = true;
  silent.device.leave();
  silent.run(1010);
  CHECK(silent.device.hasLeft());
}

TEST("a device with a wrong configuration never connects and never moves") {
  twin::Config config = gripperConfig();
  config.id = "no/level";
  Rig rig(config);
  rig.run(100);
  CHECK(rig.transport.openedMs.empty() && rig.board.duty == 0.0F && rig.board.kicks > 0);
}

TEST("each fault of a configuration is told") {
  const auto fault = [](void (*spoil)(twin::Config&)) {
    twin::Config config = gripperConfig();
    spoil(config);
    const char* const text = twin::configFault(config);
    return std::string(text == nullptr ? "" : text);
  };
  using C = twin::Config;
  CHECK(twin::configFault(gripperConfig()) == nullptr);
  CHECK(fault([](C& c) { c.id = ""; }).find("id") == 0);
  CHECK(fault([](C& c) { c.id = "-a"; }).find("id") == 0);
  CHECK(fault([](C& c) { c.joint = ""; }).find("joint") == 0);
  CHECK(fault([](C& c) { c.joint = "a\"b"; }).find("joint") == 0);
  CHECK(fault([](C& c) { c.link = "\xC3"; }).find("link") == 0);
  CHECK(fault([](C& c) { c.upper = 0.0F; }).find("lower") == 0);
  CHECK(fault([](C& c) { c.lower = twin::kNaN; }).find("lower") == 0);
  CHECK(fault([](C& c) { c.maxVelocity = 0.0F; }).find("maxVelocity") == 0);
  CHECK(fault([](C& c) { c.ki = twin::kNaN; }).find("kp") == 0);
  CHECK(fault([](C& c) { c.controlPeriodUs = 50000; }).find("controlPeriodUs") == 0);
  CHECK(fault([](C& c) { c.telemetryPeriodMs = 600; }).find("telemetryPeriodMs") == 0);
  CHECK(fault([](C& c) { c.failsafeAfterMs = 251; }).find("failsafeAfterMs") == 0);
  CHECK(fault([](C& c) { c.password = "p"; }).find("password") == 0);
}
