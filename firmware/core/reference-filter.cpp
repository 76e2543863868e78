#include "reference-filter.hpp"

#include "number.hpp"

namespace twin {
namespace {

constexpr float kTimeConstantS = 0.02F;
// Nobody moves by as little: what is left of a lag ends here instead of in the smallest floats, which are slow.
constexpr float kNothing = 1e-30F;

float orNothing(float lag) { return magnitude(lag) < kNothing ? 0.0F : lag; }

}  // namespace

void ReferenceFilter::start(float position) {
  reference_ = position;
  firstLag_ = 0.0F;
  secondLag_ = 0.0F;
  velocity_ = 0.0F;
  acceleration_ = 0.0F;
}

void ReferenceFilter::step(float reference, float dt) {
  if (!(dt > 0.0F)) return;
  const float kept = kTimeConstantS / (kTimeConstantS + dt);
  firstLag_ = orNothing((firstLag_ + (reference - reference_)) * kept);
  reference_ = reference;
  const float speed = firstLag_ / kTimeConstantS;  // of the first low-pass, which is the second one's input
  secondLag_ = orNothing((secondLag_ + speed * dt) * kept);
  acceleration_ = (speed - velocity_) / (kTimeConstantS + dt);
  velocity_ = secondLag_ / kTimeConstantS;
}

}  // namespace twin
