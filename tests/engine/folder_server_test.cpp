// The server of one folder: ranges, conditions, what is refused.
#include "app/engine/folder_server.hpp"

#include <chrono>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "app/engine/web_request.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::engine {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Kind = RangeAnswer::Kind;

TEST(WebRequest, rangesAreThoseOfTheStandard) {
  const auto expect = [](std::string_view header, Kind kind, std::uint64_t first = 0,
                         std::uint64_t count = 0, std::uint64_t size = 1000) {
    const RangeAnswer answer = answerRange(header, size);
    EXPECT_EQ(answer.kind, kind) << header;
    if (kind == Kind::Part) {
      EXPECT_EQ(answer.range.first, first) << header;
      EXPECT_EQ(answer.range.count, count) << header;
    }
  };
  expect("bytes=0-99", Kind::Part, 0, 100);
  expect("bytes=0-0", Kind::Part, 0, 1);
  expect(" bytes= 10-19 ", Kind::Part, 10, 10);
  expect("bytes=990-", Kind::Part, 990, 10);
  expect("bytes=990-5000", Kind::Part, 990, 10);
  expect("bytes=999-18446744073709551615", Kind::Part, 999, 1);
  expect("bytes=-32", Kind::Part, 968, 32);
  expect("bytes=-5000", Kind::Part, 0, 1000);
  expect("bytes=1000-", Kind::Unsatisfiable);
  expect("bytes=5000-6000", Kind::Unsatisfiable);
  expect("bytes=-0", Kind::Unsatisfiable);
  expect("bytes=0-0", Kind::Unsatisfiable, 0, 0, 0);
  for (const char* ignored :
       {"", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-4", "bytes=0-1,4-5", "items=0-1",
        "bytes=1", "bytes=--1", "bytes=0x1-2", "bytes=18446744073709551616-", "bytes=1-2-3"}) {
    expect(ignored, Kind::Whole);
  }
}

TEST(WebRequest, pathsStayInTheFolder) {
  EXPECT_EQ(pathOfTarget("/").value(), "");
  EXPECT_EQ(pathOfTarget("/a%20b/c.js?v=1#x").value(), "a b/c.js");
  EXPECT_EQ(pathOfTarget("/folder/").value(), "folder/");
  for (const char* bad : {"",
                          "a",
                          "/..",
                          "/../x",
                          "/a/../../x",
                          "/%2e%2e/x",
                          "/a/%2E%2E%2fx",
                          "/..%2fx",
                          "/./x",
                          "//x",
                          "/a//b",
                          "/.git/config",
                          "/a/.hidden",
                          "/a%00b",
                          "/a%0Ab",
                          "/a\\..\\b",
                          "/%5c..",
                          "/%",
                          "/%4",
                          "/%zz",
                          "/%2 x",
                          "http://elsewhere/x"}) {
    EXPECT_FALSE(pathOfTarget(bad)) << bad;
  }
  EXPECT_FALSE(pathOfTarget("/" + std::string(2000, 'a')));
}

TEST(WebRequest, typesAreThoseBrowsersAskFor) {
  EXPECT_EQ(mediaType("player.wasm"), "application/wasm");
  EXPECT_EQ(mediaType("a/player.JS"), "text/javascript; charset=utf-8");
  EXPECT_EQ(mediaType("clip.dgsv"), "application/x-dgsv");
  EXPECT_EQ(mediaType("index.html"), "text/html; charset=utf-8");
  EXPECT_EQ(mediaType("manifest.json"), "application/json");
  EXPECT_EQ(mediaType("poster.png"), "image/png");
  EXPECT_EQ(mediaType("what"), "application/octet-stream");
}

std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) {
    text[i] = static_cast<char>(i * 7 + i / 251);
  }
  return text;
}

void writeText(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

class FolderServerTest : public ::testing::Test {
protected:
  void start(double megabits = 0) {
    FolderServerOptions options;
    options.folder = folder / "served";
    options.megabitsPerSecond = megabits;
    options.onRequest = [this](const ServedRequest& request) { requests.push_back(request); };
    server.emplace(FolderServer::open(std::move(options)).value());
    thread = std::jthread([this](const std::stop_token& stop) { EXPECT_TRUE(server->run(stop)); });
  }

  void SetUp() override {
    std::filesystem::create_directories(folder / "served/inner");
    writeText(folder / "secret.txt", "secret");
    writeText(folder / "served/index.html", "<p>here</p>");
    writeText(folder / "served/inner/index.html", "<p>inner</p>");
    writeText(folder / "served/clip.dgsv", content);
    writeText(folder / "served/.hidden", "hidden");
    std::filesystem::create_symlink(folder / "secret.txt", folder / "served/out.txt");
    std::filesystem::create_symlink("clip.dgsv", folder / "served/same.dgsv");
  }

  /// Everything that the server sends until it closes the line.
  [[nodiscard]] std::string raw(const std::string& request) const {
    asio::io_context context;
    tcp::socket socket(context);
    boost::system::error_code code;
    socket.connect({asio::ip::address_v4::loopback(), server->port()}, code);
    asio::write(socket, asio::buffer(request), code);
    std::string answer;
    asio::read(socket, asio::dynamic_buffer(answer), code);
    return answer;
  }

  [[nodiscard]] std::string ask(const std::string& target, const std::string& headers = {},
                                const std::string& method = "GET") const {
    return raw(method + " " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers +
               "\r\n");
  }

  static std::string body(const std::string& answer) {
    return answer.substr(std::min(answer.size(), answer.find("\r\n\r\n") + 4));
  }
  static std::string status(const std::string& answer) { return answer.substr(9, 3); }
  static std::string header(const std::string& answer, const std::string& name) {
    const std::size_t at = answer.find("\r\n" + name + ": ");
    if (at == std::string::npos) {
      return {};
    }
    const std::size_t start = at + name.size() + 4;
    return answer.substr(start, answer.find("\r\n", start) - start);
  }

  std::filesystem::path folder = testing::scratchFolder("folder-server");
  std::string content = pattern(300000);
  std::vector<ServedRequest> requests;
  std::optional<FolderServer> server;
  std::jthread thread;
};

TEST_F(FolderServerTest, servesFilesFoldersAndRanges) {
  start();
  const std::string page = ask("/");
  EXPECT_EQ(status(page), "200");
  EXPECT_EQ(body(page), "<p>here</p>");
  EXPECT_EQ(header(page, "Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(body(ask("/inner/?x")), "<p>inner</p>");
  EXPECT_EQ(header(ask("/inner"), "Location"), "/inner/");
  const std::string whole = ask("/clip.dgsv");
  EXPECT_EQ(status(whole), "200");
  EXPECT_EQ(header(whole, "Content-Type"), "application/x-dgsv");
  EXPECT_EQ(header(whole, "Accept-Ranges"), "bytes");
  EXPECT_EQ(header(whole, "Content-Length"), "300000");
  EXPECT_TRUE(body(whole) == content);
  const std::string part = ask("/clip.dgsv", "Range: bytes=1000-200999\r\n");
  EXPECT_EQ(status(part), "206");
  EXPECT_EQ(header(part, "Content-Range"), "bytes 1000-200999/300000");
  EXPECT_TRUE(body(part) == content.substr(1000, 200000));
  EXPECT_TRUE(body(ask("/same.dgsv", "Range: bytes=-32\r\n")) == content.substr(299968));
  const std::string beyond = ask("/clip.dgsv", "Range: bytes=300000-\r\n");
  EXPECT_EQ(status(beyond), "416");
  EXPECT_EQ(header(beyond, "Content-Range"), "bytes */300000");
  EXPECT_EQ(status(ask("/clip.dgsv", "Range: bytes=0-1,5-6\r\n")), "200");
  ASSERT_GE(requests.size(), 5U);
  EXPECT_EQ(requests[4].range, "bytes=1000-200999");
  EXPECT_EQ(requests[4].bytes, 200000U);
}

TEST_F(FolderServerTest, answersHeadOptionsAndConditions) {
  start();
  const std::string head = ask("/clip.dgsv", "Range: bytes=0-9\r\n", "HEAD");
  EXPECT_EQ(status(head), "206");
  EXPECT_EQ(header(head, "Content-Length"), "10");
  EXPECT_EQ(body(head), "");
  EXPECT_EQ(status(ask("/none", "", "HEAD")), "404");
  const std::string preflight = ask("/clip.dgsv", "", "OPTIONS");
  EXPECT_EQ(status(preflight), "204");
  EXPECT_NE(header(preflight, "Access-Control-Allow-Headers").find("Range"), std::string::npos);
  EXPECT_EQ(status(ask("/clip.dgsv", "", "DELETE")), "405");
  const std::string tag = header(ask("/clip.dgsv"), "ETag");
  EXPECT_EQ(status(ask("/clip.dgsv", "If-None-Match: \"x\", " + tag + "\r\n")), "304");
  const std::string range = "Range: bytes=0-9\r\nIf-Range: ";
  EXPECT_EQ(status(ask("/clip.dgsv", range + tag + "\r\n")), "206");
  EXPECT_EQ(status(ask("/clip.dgsv", range + "\"old\"\r\n")), "200");
  writeText(folder / "served/clip.dgsv", content + "x");
  EXPECT_NE(header(ask("/clip.dgsv"), "ETag"), tag);
}

TEST_F(FolderServerTest, oneLineCarriesManyRequests) {
  start();
  const std::string both =
      raw("GET /clip.dgsv HTTP/1.1\r\nHost: x\r\nRange: bytes=0-4\r\n\r\n"
          "GET /clip.dgsv HTTP/1.1\r\nHost: x\r\nRange: bytes=5-9\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(body(both).substr(0, 5) == content.substr(0, 5));
  EXPECT_TRUE(both.substr(both.size() - 5) == content.substr(5, 5));
}

TEST_F(FolderServerTest, refusesWhatIsNotItsOwn) {
  start();
  for (const char* target : {"/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt",
                             "/inner/../../secret.txt", "/.hidden", "//etc/passwd"}) {
    const std::string answer = ask(target);
    EXPECT_EQ(status(answer), "403") << target;
    EXPECT_EQ(answer.find("hidden\n"), std::string::npos);
  }
  for (const char* target : {"/secret.txt", "/out.txt", "/inner/none", "/clip.dgsv/"}) {
    const std::string answer = ask(target);
    EXPECT_EQ(status(answer), "404") << target;
    EXPECT_EQ(body(answer).find("secret"), std::string::npos);
  }
}

TEST_F(FolderServerTest, hostileRequestsAreBoundedAndOthersGoOn) {
  start();
  EXPECT_EQ(status(raw("nonsense\r\n\r\n")), "400");
  EXPECT_EQ(status(raw(std::string(1, '\x16') + "\x03\x01" + std::string(100, 'x') + "\r\n\r\n")),
            "400");
  EXPECT_EQ(status(ask("/clip.dgsv", "X: " + std::string(100000, 'y') + "\r\n")), "431");
  EXPECT_EQ(status(ask("/clip.dgsv", "Content-Length: 99999999999\r\n")), "400");
  EXPECT_EQ(status(ask("/clip.dgsv", "Content-Length: -1\r\n")), "400");
  EXPECT_EQ(status(ask("/" + std::string(5000, 'a'))), "403");
  // Lines that say nothing, or half of something, keep no one waiting.
  asio::io_context context;
  std::vector<tcp::socket> silent;
  for (int i = 0; i < 100; ++i) {
    silent.emplace_back(context);
    silent.back().connect({asio::ip::address_v4::loopback(), server->port()});
    asio::write(silent.back(), asio::buffer(std::string("GET /clip.dgsv HT")));
  }
  EXPECT_EQ(status(ask("/clip.dgsv")), "200");
}

TEST_F(FolderServerTest, aSlowLineIsAsSlowAsAsked) {
  start(8);  // a million bytes a second
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(body(ask("/clip.dgsv")) == content);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  EXPECT_GT(took.count(), 0.25);
  EXPECT_LT(took.count(), 2);
}

TEST_F(FolderServerTest, stopsWhileItSends) {
  start(0.1);
  asio::io_context context;
  tcp::socket socket(context);
  socket.connect({asio::ip::address_v4::loopback(), server->port()});
  asio::write(socket, asio::buffer(std::string("GET /clip.dgsv HTTP/1.1\r\nHost: x\r\n\r\n")));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  const auto begin = std::chrono::steady_clock::now();
  thread.request_stop();
  thread.join();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  EXPECT_LT(took.count(), 1);
}

TEST_F(FolderServerTest, saysWhyItCannotServe) {
  start();
  FolderServerOptions options;
  options.folder = folder / "nowhere";
  EXPECT_EQ(FolderServer::open(options).error().code, ErrorCode::InvalidParameter);
  options.folder = folder;
  options.address = "localhost.";
  EXPECT_EQ(FolderServer::open(options).error().code, ErrorCode::InvalidParameter);
  options.address = "127.0.0.1";
  options.port = server->port();
  const auto taken = FolderServer::open(options);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, ErrorCode::IoFailure);
  EXPECT_NE(taken.error().message.find(std::to_string(server->port())), std::string::npos);
}

}  // namespace
}  // namespace volpress::engine
