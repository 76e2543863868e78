#include "rig.hpp"
#include "runner.hpp"

using namespace test;

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
  CHECK(fault([](C& c) { c.kaff = -0.1F; }).find("kp") == 0);
  CHECK(fault([](C& c) { c.ki = twin::kNaN; }).find("kp") == 0);
  CHECK(fault([](C& c) { c.controlPeriodUs = 50000; }).find("controlPeriodUs") == 0);
  CHECK(fault([](C& c) { c.telemetryPeriodMs = 600; }).find("telemetryPeriodMs") == 0);
  CHECK(fault([](C& c) { c.failsafeAfterMs = 251; }).find("failsafeAfterMs") == 0);
  CHECK(fault([](C& c) { c.password = "p"; }).find("password") == 0);
}
