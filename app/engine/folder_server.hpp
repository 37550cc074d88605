// A web server of one folder, for looking at what was exported. Ranges, no writing, no code.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "scene/base/result.hpp"

namespace volpress::engine {

/// A request that was answered.
struct ServedRequest {
  std::string method;
  std::string target;  ///< as it came, with control characters replaced
  std::string range;   ///< the Range header, or empty
  unsigned status = 0;
  std::uint64_t bytes = 0;  ///< of the body that was announced
};

struct FolderServerOptions {
  std::filesystem::path folder;
  std::string address = "127.0.0.1";  ///< of the interface to listen on
  std::uint16_t port = 0;             ///< 0: any that is free
  double megabitsPerSecond = 0;       ///< what all connections share; 0: as fast as it goes
  /// Called on the serving thread after each answer's header was made; may be empty.
  std::function<void(const ServedRequest&)> onRequest;
};

/// HTTP/1.1 over one thread. GET, HEAD and OPTIONS of regular files within the folder (links that
/// lead out of it, hidden names and ".." are refused); index.html for folders; single byte ranges;
/// entity tags (If-None-Match, If-Range); every origin may read (CORS). Requests are bounded:
/// 16 KiB of header, no body, 128 connections at a time, 20 s for a request to come or for 64 KiB
/// of an answer to go.
class FolderServer {
public:
  /// Binds and listens; connections wait until `run`. InvalidParameter when there is no such folder
  /// or the address is none; IoFailure when the port is taken.
  [[nodiscard]] static Result<FolderServer> open(FolderServerOptions options);
  FolderServer(FolderServer&&) noexcept;
  FolderServer& operator=(FolderServer&&) = delete;
  ~FolderServer();

  [[nodiscard]] std::uint16_t port() const noexcept;
  /// "http://127.0.0.1:8080/"
  [[nodiscard]] std::string url() const;

  /// Serves on the calling thread until asked to stop, then closes every connection.
  [[nodiscard]] Result<void> run(const std::stop_token& stop);

private:
  struct State;
  explicit FolderServer(std::unique_ptr<State> state);
  std::unique_ptr<State> m_state;
};

}  // namespace volpress::engine
