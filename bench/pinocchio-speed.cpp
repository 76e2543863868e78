// Times pinocchio's algorithms on URDFs: pinocchio-speed FILE fixed|floating … → one JSON line a robot, µs a call,
// least of several loops. Built by bench/model.mjs where pinocchio's headers are found.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include <pinocchio/algorithm/aba.hpp>
#include <pinocchio/algorithm/crba.hpp>
#include <pinocchio/algorithm/frames.hpp>
#include <pinocchio/algorithm/jacobian.hpp>
#include <pinocchio/algorithm/joint-configuration.hpp>
#include <pinocchio/algorithm/rnea.hpp>
#include <pinocchio/parsers/urdf.hpp>

namespace {

constexpr int kStates = 32;
constexpr int kLoops = 40;
constexpr int kCalls = 2000;

template <typename Call>
double microseconds(Call call) {
  double best = 1e9;
  for (int loop = 0; loop < kLoops; ++loop) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < kCalls; ++i) call(i % kStates);
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
    best = std::min(best, took.count() / kCalls);
  }
  return best;
}

}  // namespace

int main(int count, char** arguments) {
  using namespace pinocchio;  // NOLINT: a benchmark
  for (int i = 1; i + 1 < count; i += 2) {
    Model model;
    const bool floating = std::string(arguments[i + 1]) == "floating";
    if (floating) {
      pinocchio::urdf::buildModel(arguments[i], JointModelFreeFlyer(), model);
    } else {
      pinocchio::urdf::buildModel(arguments[i], model);
    }
    Data data(model);
    std::vector<Eigen::VectorXd> q, v, a;
    for (int k = 0; k < kStates; ++k) {
      const Eigen::VectorXd step = Eigen::VectorXd::Random(model.nv);
      q.push_back(integrate(model, neutral(model), step));
      v.push_back(Eigen::VectorXd::Random(model.nv));
      a.push_back(Eigen::VectorXd::Random(model.nv));
    }
    const double fk = microseconds([&](int k) { framesForwardKinematics(model, data, q[k]); });
    const double jacobian = microseconds([&](int k) { computeJointJacobians(model, data, q[k]); });
    const double inverse = microseconds([&](int k) { rnea(model, data, q[k], v[k], a[k]); });
    const double inertia = microseconds([&](int k) { crba(model, data, q[k]); });
    const double forward = microseconds([&](int k) { aba(model, data, q[k], v[k], a[k]); });
    std::printf("{\"robot\":\"%s\",\"nv\":%d,\"fk\":%.4f,\"jacobian\":%.4f,\"rnea\":%.4f,\"crba\":%.4f,\"aba\":%.4f}\n",
                model.name.c_str(), model.nv, fk, jacobian, inverse, inertia, forward);
  }
  return 0;
}
