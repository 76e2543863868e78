#pragma once

namespace twin::rp2040 {

/// PWM slice 0 at 20 kHz: GPIO 16 (A) drives forward, GPIO 17 (B) backward. Both are low until `setMotor`.
void startMotor();

/// -1 to 1; from the next period on.
void setMotor(float duty);

}  // namespace twin::rp2040
