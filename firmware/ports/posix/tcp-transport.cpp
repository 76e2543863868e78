#include "tcp-transport.hpp"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

namespace twin::posix {
namespace {

bool mayWork(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

}  // namespace

bool TcpTransport::aim(const char* host, uint16_t port) {
  if (strcmp(host, "localhost") == 0) host = "127.0.0.1";
  auto* const v4 = reinterpret_cast<sockaddr_in*>(&address_);
  if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    addressSize_ = sizeof *v4;
    return true;
  }
  auto* const v6 = reinterpret_cast<sockaddr_in6*>(&address_);
  if (inet_pton(AF_INET6, host, &v6->sin6_addr) != 1) return false;
  v6->sin6_family = AF_INET6;
  v6->sin6_port = htons(port);
  addressSize_ = sizeof *v6;
  return true;
}

void TcpTransport::open() {
  if (state_ != State::kClosed) return;
  socket_ = socket(address_.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_ < 0) return;
  const int yes = 1;
  // Small packets that each want to arrive now: not collected by Nagle's algorithm.
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  state_ = State::kOpening;
  if (connect(socket_, reinterpret_cast<const sockaddr*>(&address_), addressSize_) == 0) {
    state_ = State::kOpen;
  } else if (errno != EINPROGRESS) {
    close();
  }
}

Transport::State TcpTransport::state() {
  if (state_ == State::kOpening) {
    pollfd wait{socket_, POLLOUT, 0};
    if (poll(&wait, 1, 0) > 0) {
      int error = 0;
      socklen_t size = sizeof error;
      getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
      if (error == 0) {
        state_ = State::kOpen;
      } else {
        close();
      }
    }
  } else if (state_ == State::kOpen) {
    flush();
  }
  return state_;
}

size_t TcpTransport::read(uint8_t* to, size_t room) {
  if (state_ != State::kOpen) return 0;
  const ssize_t count = recv(socket_, to, room, 0);
  if (count > 0) return static_cast<size_t>(count);
  if (count == 0 || !mayWork(errno)) close();
  return 0;
}

bool TcpTransport::write(const uint8_t* packet, size_t size) {
  if (size > sizeof rest_ || state() != State::kOpen || restSize_ > 0) return false;
  memcpy(rest_, packet, size);
  restAt_ = 0;
  restSize_ = size;
  // Once it is in the buffer the packet is taken, whether or not the kernel has room for all of it.
  return flush();
}

bool TcpTransport::flush() {
  while (restSize_ > 0) {
    const ssize_t count = send(socket_, rest_ + restAt_, restSize_, MSG_NOSIGNAL);
    if (count < 0) {
      if (mayWork(errno)) return true;
      close();
      return false;
    }
    restAt_ += static_cast<size_t>(count);
    restSize_ -= static_cast<size_t>(count);
  }
  return true;
}

void TcpTransport::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
  state_ = State::kClosed;
  restSize_ = 0;
}

}  // namespace twin::posix
