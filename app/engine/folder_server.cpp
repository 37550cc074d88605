#include "app/engine/folder_server.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <optional>
#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include "app/engine/web_request.hpp"

namespace volpress::engine {
namespace {

namespace fs = std::filesystem;
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using Clock = std::chrono::steady_clock;

constexpr std::uint32_t kMaxHeader = 16384;
constexpr std::size_t kMaxConnections = 128;
constexpr std::chrono::seconds kPatience{20};
constexpr std::size_t kPiece = 65536;
constexpr std::size_t kSlowPiece = 8192;  ///< small, so that a slow line flows and does not stutter

/// What all connections share.
struct Shared {
  FolderServerOptions options;
  fs::path root;  ///< canonical
  std::size_t connections = 0;
  Clock::time_point lineFree;  ///< when the slow line has sent what it was given

  /// When a piece of `bytes` may be sent.
  Clock::time_point reserve(std::size_t bytes) {
    const Clock::time_point start = std::max(lineFree, Clock::now());
    const double seconds = static_cast<double>(bytes) * 8 / (options.megabitsPerSecond * 1e6);
    lineFree =
        start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
    return start;
  }
};

std::string printable(std::string_view text) {
  std::string shown(text.substr(0, 200));
  std::replace_if(
      shown.begin(), shown.end(), [](char c) { return c < 0x20 || c == 0x7F; }, '?');
  return shown;
}

std::string_view fromBeast(beast::string_view text) { return {text.data(), text.size()}; }
beast::string_view toBeast(std::string_view text) { return {text.data(), text.size()}; }

/// The regular file that a path within the folder names, links followed; none when it is not there
/// or lies elsewhere.
std::optional<fs::path> fileWithin(const fs::path& root, const std::string& path) {
  std::error_code code;
  const fs::path wanted = path.empty() || path.back() == '/' ? path + "index.html" : path;
  const fs::path place = fs::canonical(root / wanted, code);
  if (code || !fs::is_regular_file(place, code)) {
    return std::nullopt;
  }
  const auto [end, rest] = std::mismatch(root.begin(), root.end(), place.begin(), place.end());
  return end == root.end() ? std::optional(place) : std::nullopt;
}

/// Changes whenever the file does.
std::string tagOf(const fs::path& path, std::uint64_t bytes) {
  std::error_code code;
  const auto time = fs::last_write_time(path, code).time_since_epoch().count();
  return fmt::format("\"{:x}-{:x}\"", bytes, static_cast<std::uint64_t>(time));
}

class Connection : public std::enable_shared_from_this<Connection> {
public:
  Connection(tcp::socket socket, Shared& shared)
      : m_stream(std::move(socket)), m_timer(m_stream.get_executor()), m_shared(shared) {
    ++m_shared.connections;
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { --m_shared.connections; }

  void read() {
    m_parser.emplace();
    m_parser->header_limit(kMaxHeader);
    m_parser->body_limit(0);
    m_stream.expires_after(kPatience);
    http::async_read(m_stream, m_buffer, *m_parser,
                     [self = shared_from_this()](const beast::error_code& code, std::size_t) {
                       self->answer(code);
                     });
  }

private:
  using Request = http::request<http::empty_body>;
  using Header = http::response<http::empty_body>;

  void answer(const beast::error_code& code) {
    if (!code) {
      m_request = m_parser->release();
      m_header = {};
      m_header.version(11);
      m_header.keep_alive(m_request.keep_alive());
      decide();
    } else if (code.category() == http::make_error_code(http::error::bad_method).category() &&
               code != http::error::end_of_stream) {
      // Not HTTP, too long, or with a body: one answer, and the line is closed.
      m_request = {};
      m_header = {};
      m_header.version(11);
      m_header.keep_alive(false);
      say(code == http::error::header_limit ? http::status::request_header_fields_too_large
                                            : http::status::bad_request,
          "This is no request that this server takes.\n");
    } else {
      return;  // closed by the other side, or too slow
    }
    send();
  }

  void decide() {
    m_header.set(http::field::access_control_allow_origin, "*");
    m_header.set(http::field::access_control_expose_headers,
                 "Accept-Ranges, Content-Length, Content-Range, ETag");
    m_header.set("Cross-Origin-Resource-Policy", "cross-origin");
    if (m_request.method() == http::verb::options) {
      m_header.set(http::field::access_control_allow_methods, "GET, HEAD, OPTIONS");
      m_header.set(http::field::access_control_allow_headers, "Range, If-Range, If-None-Match");
      m_header.set(http::field::access_control_max_age, "86400");
      m_header.result(http::status::no_content);
      return;
    }
    if (m_request.method() != http::verb::get && m_request.method() != http::verb::head) {
      m_header.set(http::field::allow, "GET, HEAD, OPTIONS");
      say(http::status::method_not_allowed, "Files can be read here, nothing else.\n");
      return;
    }
    const auto path = pathOfTarget(fromBeast(m_request.target()));
    if (!path) {
      say(http::status::forbidden, "Refused: " + path.error().message + ".\n");
      return;
    }
    std::error_code code;
    if (!path->empty() && path->back() != '/' && fs::is_directory(m_shared.root / *path, code)) {
      const std::string_view target = fromBeast(m_request.target());
      m_header.set(http::field::location,
                   toBeast(std::string(target.substr(0, target.find_first_of("?#"))) + "/"));
      say(http::status::moved_permanently, "This is a folder.\n");
      return;
    }
    const auto file = fileWithin(m_shared.root, *path);
    if (!file) {
      say(http::status::not_found, "There is no such file here.\n");
      return;
    }
    offer(*file);
  }

  void offer(const fs::path& path) {
    m_file = std::ifstream(path, std::ios::binary | std::ios::ate);
    const std::streamoff end = m_file ? static_cast<std::streamoff>(m_file.tellg()) : -1;
    if (end < 0) {
      say(http::status::forbidden, "This file cannot be read.\n");
      return;
    }
    const auto bytes = static_cast<std::uint64_t>(end);
    const std::string tag = tagOf(path, bytes);
    m_header.set(http::field::accept_ranges, "bytes");
    m_header.set(http::field::etag, toBeast(tag));
    m_header.set(http::field::cache_control, "no-cache");
    m_header.set("X-Content-Type-Options", "nosniff");
    if (namesTag(fromBeast(m_request[http::field::if_none_match]), tag)) {
      m_header.result(http::status::not_modified);
      return;
    }
    const auto condition = m_request.find(http::field::if_range);
    const bool same = condition == m_request.end() || namesTag(fromBeast(condition->value()), tag);
    const RangeAnswer wanted =
        answerRange(same ? fromBeast(m_request[http::field::range]) : std::string_view{}, bytes);
    if (wanted.kind == RangeAnswer::Kind::Unsatisfiable) {
      m_header.set(http::field::content_range, toBeast(fmt::format("bytes */{}", bytes)));
      say(http::status::range_not_satisfiable, "The file ends before that.\n");
      return;
    }
    const bool part = wanted.kind == RangeAnswer::Kind::Part;
    const ByteRange range = part ? wanted.range : ByteRange{0, bytes};
    if (part) {
      m_header.set(http::field::content_range,
                   toBeast(fmt::format("bytes {}-{}/{}", range.first, range.first + range.count - 1,
                                       bytes)));
    }
    m_header.result(part ? http::status::partial_content : http::status::ok);
    m_header.set(http::field::content_type, toBeast(mediaType(path)));
    m_header.content_length(range.count);
    m_announced = range.count;
    m_file.seekg(static_cast<std::streamoff>(range.first));
    m_left = m_request.method() == http::verb::head ? 0 : range.count;
  }

  /// A short answer in words.
  void say(http::status status, std::string text) {
    m_header.result(status);
    m_header.set(http::field::content_type, "text/plain; charset=utf-8");
    m_header.content_length(text.size());
    m_announced = text.size();
    if (m_request.method() != http::verb::head) {
      m_text = std::move(text);
    }
  }

  void send() {
    if (m_shared.options.onRequest) {
      m_shared.options.onRequest({std::string(fromBeast(m_request.method_string())),
                                  printable(fromBeast(m_request.target())),
                                  printable(fromBeast(m_request[http::field::range])),
                                  m_header.result_int(), m_announced});
    }
    m_serializer.emplace(m_header);
    m_stream.expires_after(kPatience);
    http::async_write_header(m_stream, *m_serializer,
                             [self = shared_from_this()](const beast::error_code& code,
                                                         std::size_t) { self->next(code); });
  }

  /// The next piece of the body, or the next request.
  void next(const beast::error_code& code) {
    if (code) {
      return;
    }
    const bool slow = m_shared.options.megabitsPerSecond > 0;
    std::size_t size = m_text.size();
    if (size != 0) {
      std::copy(m_text.begin(), m_text.end(), m_piece.begin());
      m_text.clear();
    } else if (m_left != 0) {
      size = static_cast<std::size_t>(
          std::min<std::uint64_t>(m_left, slow ? kSlowPiece : m_piece.size()));
      if (!m_file.read(m_piece.data(), static_cast<std::streamsize>(size))) {
        return;  // the file became shorter: what was announced cannot be sent
      }
      m_left -= size;
    } else {
      finish();
      return;
    }
    if (!slow) {
      write(size);
      return;
    }
    m_timer.expires_at(m_shared.reserve(size));
    m_stream.expires_never();
    m_timer.async_wait([self = shared_from_this(), size](const beast::error_code& late) {
      if (!late) {
        self->write(size);
      }
    });
  }

  void write(std::size_t size) {
    m_stream.expires_after(kPatience);
    asio::async_write(m_stream, asio::buffer(m_piece.data(), size),
                      [self = shared_from_this()](const beast::error_code& code, std::size_t) {
                        self->next(code);
                      });
  }

  void finish() {
    m_file.close();
    if (m_header.keep_alive()) {
      m_announced = 0;
      read();
      return;
    }
    beast::error_code ignored;
    m_stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
  }

  beast::tcp_stream m_stream;
  asio::steady_timer m_timer;
  Shared& m_shared;
  beast::flat_buffer m_buffer{2 * kMaxHeader};
  std::optional<http::request_parser<http::empty_body>> m_parser;
  Request m_request;
  Header m_header;
  std::optional<http::response_serializer<http::empty_body>> m_serializer;
  std::ifstream m_file;
  std::string m_text;
  std::uint64_t m_announced = 0, m_left = 0;
  std::array<char, kPiece> m_piece{};
};

}  // namespace

struct FolderServer::State {
  Shared shared;  // outlives the connections that the context holds
  asio::io_context context{1};
  tcp::acceptor acceptor{context};

  void accept() {
    acceptor.async_accept([this](const beast::error_code& code, tcp::socket socket) {
      if (code == asio::error::operation_aborted) {
        return;
      }
      // One too many is closed at once; its browser tries again.
      if (!code && shared.connections < kMaxConnections) {
        std::make_shared<Connection>(std::move(socket), shared)->read();
      }
      accept();
    });
  }
};

FolderServer::FolderServer(std::unique_ptr<State> state) : m_state(std::move(state)) {}
FolderServer::FolderServer(FolderServer&&) noexcept = default;
FolderServer::~FolderServer() = default;

Result<FolderServer> FolderServer::open(FolderServerOptions options) {
  auto state = std::make_unique<State>();
  std::error_code missing;
  state->shared.root = fs::canonical(options.folder, missing);
  if (missing || !fs::is_directory(state->shared.root, missing)) {
    return fail(ErrorCode::InvalidParameter, "{}: is no folder", options.folder.string());
  }
  beast::error_code code;
  const auto address = asio::ip::make_address(options.address, code);
  if (code) {
    return fail(ErrorCode::InvalidParameter, "\"{}\" is no address of an interface",
                options.address);
  }
  const tcp::endpoint place(address, options.port);
  state->acceptor.open(place.protocol(), code);
  if (!code) {
    state->acceptor.set_option(asio::socket_base::reuse_address(true), code);
  }
  if (!code) {
    state->acceptor.bind(place, code);
  }
  if (!code) {
    state->acceptor.listen(asio::socket_base::max_listen_connections, code);
  }
  if (code) {
    return fail(ErrorCode::IoFailure, "cannot serve on {} port {}: {}", options.address,
                options.port, code.message());
  }
  state->shared.options = std::move(options);
  return FolderServer(std::move(state));
}

std::uint16_t FolderServer::port() const noexcept {
  beast::error_code code;
  return m_state->acceptor.local_endpoint(code).port();
}

std::string FolderServer::url() const {
  const std::string& address = m_state->shared.options.address;
  const bool six = address.find(':') != std::string::npos;
  return fmt::format("http://{}{}{}:{}/", six ? "[" : "", address, six ? "]" : "", port());
}

Result<void> FolderServer::run(const std::stop_token& stop) {
  State& state = *m_state;
  const std::stop_callback ending(stop, [&state] { state.context.stop(); });
  state.accept();
  try {
    state.context.run();
  } catch (const std::exception& problem) {
    return fail(ErrorCode::Internal, "the server has stopped: {}", problem.what());
  }
  return {};
}

}  // namespace volpress::engine
