#include "lwip-transport.hpp"

#include "lwip-network.hpp"

namespace twin::mps2 {

void LwipTransport::open() {
  if (state_ != State::kClosed) return;
  close();
  state_ = State::kOpening;
}

Transport::State LwipTransport::state() {
  if (state_ == State::kOpening && pcb_ == nullptr && hasAddress()) connect();
  return state_;
}

void LwipTransport::connect() {
  pcb_ = tcp_new_ip_type(IPADDR_TYPE_V4);
  if (pcb_ == nullptr) return fail();
  tcp_nagle_disable(pcb_);
  tcp_arg(pcb_, this);
  // lwIP has freed the connection when it says so.
  tcp_err(pcb_, [](void* self, err_t) {
    static_cast<LwipTransport*>(self)->pcb_ = nullptr;
    static_cast<LwipTransport*>(self)->fail();
  });
  tcp_recv(pcb_, [](void* self, tcp_pcb*, pbuf* data, err_t) { return static_cast<LwipTransport*>(self)->receive(data); });
  const err_t begun = tcp_connect(pcb_, &host_, port_, [](void* self, tcp_pcb*, err_t) -> err_t {
    static_cast<LwipTransport*>(self)->state_ = State::kOpen;
    return ERR_OK;
  });
  if (begun != ERR_OK) close();
}

err_t LwipTransport::receive(pbuf* data) {
  if (data == nullptr) {
    fail();  // the broker closed; the connection itself is let go in `close` or `open`, outside of lwIP's call
    return ERR_OK;
  }
  for (const pbuf* piece = data; piece != nullptr; piece = piece->next) {
    for (u16_t i = 0; i < piece->len; ++i) inbox_.push(static_cast<const uint8_t*>(piece->payload)[i]);
  }
  pbuf_free(data);
  return ERR_OK;
}

size_t LwipTransport::read(uint8_t* to, size_t room) {
  size_t count = 0;
  while (count < room && inbox_.pop(to[count])) ++count;
  // The window opens as bytes are taken.
  if (count != 0 && pcb_ != nullptr) tcp_recved(pcb_, static_cast<u16_t>(count));
  return count;
}

bool LwipTransport::write(const uint8_t* packet, size_t size) {
  if (state_ != State::kOpen || pcb_ == nullptr || tcp_sndbuf(pcb_) < size) return false;
  // It takes all or, without buffers, nothing.
  if (tcp_write(pcb_, packet, static_cast<u16_t>(size), TCP_WRITE_FLAG_COPY) != ERR_OK) return false;
  tcp_output(pcb_);
  return true;
}

void LwipTransport::close() {
  if (pcb_ != nullptr) {
    tcp_pcb* const pcb = pcb_;
    pcb_ = nullptr;
    tcp_arg(pcb, nullptr);
    tcp_err(pcb, nullptr);
    tcp_recv(pcb, nullptr);
    tcp_abort(pcb);
  }
  uint8_t byte;
  while (inbox_.pop(byte)) {
  }
  state_ = State::kClosed;
}

}  // namespace twin::mps2
