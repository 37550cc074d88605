// volpress serve: looking at an exported clip in a browser.
#include "app/cli/serve_command.hpp"

#include <CLI/CLI.hpp>

#include "app/engine/folder_server.hpp"
#include "app/engine/json_text.hpp"

namespace volpress::cli {
namespace {

struct ServeOptions {
  std::string folder;
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;
  double throttle = 0;
  bool log = false;
};

Result<void> serve(const ServeOptions& options, Console& console) {
  engine::FolderServerOptions serving;
  serving.folder = options.folder;
  serving.address = options.address;
  serving.port = options.port;
  serving.megabitsPerSecond = options.throttle;
  if (options.log) {
    serving.onRequest = [&console](const engine::ServedRequest& request) {
      console.note(fmt::format("{} {} {} {} bytes{}", request.method, request.target,
                               request.status, request.bytes,
                               request.range.empty() ? "" : " (" + request.range + ")"));
    };
  }
  VOLPRESS_TRY(engine::FolderServer server, engine::FolderServer::open(std::move(serving)));
  console.print(fmt::format("{} serves {}; Ctrl-C ends it\n", server.url(), options.folder));
  console.printJson(engine::dumpJson(
      {{"url", server.url()}, {"port", server.port()}, {"folder", options.folder}}, 2));
  VOLPRESS_CHECK(console.checkPrinted());
  return server.run(console.stopToken());
}

}  // namespace

Command addServeCommand(CLI::App& root) {
  CLI::App* app = root.add_subcommand(
      "serve", "Serve a folder to browsers on this machine, to look at an exported clip");
  auto common = std::make_shared<CommonOptions>();
  auto options = std::make_shared<ServeOptions>();
  app->add_option("FOLDER", options->folder, "The folder, such as \"stream export\" writes")
      ->required();
  app->add_option("--port", options->port, "Port to listen on (default 8080; 0: any free one)")
      ->type_name("N")
      ->check(CLI::Range(0, 65535));
  app->add_option("--address", options->address,
                  "Interface to listen on (default 127.0.0.1, this machine only; 0.0.0.0: every "
                  "one, so that phones on the same network can look)")
      ->type_name("ADDRESS");
  app->add_option("--throttle", options->throttle,
                  "Send no more than so many Mbit/s, to see what others see")
      ->type_name("MBIT")
      ->check(CLI::Range(0.0, 100000.0));
  app->add_flag("--log", options->log, "Say each request on standard error");
  addCommonOptions(*app, *common);
  app->footer(
      "Files can be read, by pages of any origin, and nothing else. Ctrl-C ends it.\n"
      "Examples:\n"
      "  volpress serve walk-web\n"
      "  volpress serve walk-web --port 9000 --throttle 25");
  return {app, common, [options](Console& console) { return serve(*options, console); }};
}

}  // namespace volpress::cli
