// volpress submit
#include <CLI/CLI.hpp>

#include "app/cli/command.hpp"
#include "app/engine/clip_submission.hpp"
#include "app/engine/json_text.hpp"

namespace volpress::cli {
namespace {

struct SubmitOptions {
  std::string input, output, codec;
  std::vector<std::string> settings;
  std::vector<std::string> slurmOptions;
  ViewSetOptions seed;
  std::uint32_t framesPerSecond = 30;
  std::size_t tasks = 0;
  bool slurm = false, wait = false, dryRun = false;
};

Result<void> submit(const SubmitOptions& options, const CommonOptions& common, Console& console) {
  const compressors::SequenceCodec* codec = compressors::findSequenceCodec(options.codec);
  if (codec == nullptr) {
    return fail(ErrorCode::InvalidParameter, "there is no codec \"{}\" for sequences",
                options.codec);
  }
  engine::ClipSubmission submission;
  submission.program = ownProgram();
  submission.spec.input = options.input;
  submission.spec.output = options.output;
  submission.spec.codec = options.codec;
  submission.spec.framesPerSecond = options.framesPerSecond;
  submission.spec.seed = options.seed.seed;
  VOLPRESS_TRY(const ParamSet given, parseSettings(codec->info().params, options.settings));
  VOLPRESS_TRY(submission.spec.params, completeParams(codec->info().params, given));
  submission.tasks = options.tasks;
  submission.threads = common.threads;
  submission.slurmOptions = options.slurmOptions;
  const auto runner = makeThreadRunner(0);
  Progress progress;
  VOLPRESS_TRY(engine::SubmittedClip prepared,
               engine::prepareSubmission(submission, *runner, progress, console.stopToken()));
  if (!options.dryRun) {
    VOLPRESS_CHECK(engine::submitToSlurm(submission, prepared, options.wait));
  }
  console.print(fmt::format("{}: {} segments in {} tasks, {} of them without a part\n",
                            prepared.folder.string(), prepared.segments, prepared.tasks,
                            prepared.submitted.size()));
  console.print(options.dryRun ? std::string("nothing was submitted; look at encode.sh there\n")
                : options.wait
                    ? fmt::format("{}: joined\n", options.output)
                    : fmt::format("job {}{} is queued; {} appears when it ends\n", prepared.joinJob,
                                  prepared.arrayJob.empty() ? std::string()
                                                            : " after job " + prepared.arrayJob,
                                  options.output));
  console.printJson(engine::dumpJson({{"output", options.output},
                                      {"folder", prepared.folder.string()},
                                      {"segments", prepared.segments},
                                      {"tasks", prepared.tasks},
                                      {"submitted", prepared.submitted},
                                      {"arrayJob", prepared.arrayJob},
                                      {"joinJob", prepared.joinJob}},
                                     2));
  return {};
}

}  // namespace

Command addSubmitCommand(CLI::App& root) {
  CLI::App* app = root.add_subcommand("submit", "Compress a sequence on a cluster");
  auto common = std::make_shared<CommonOptions>();
  auto options = std::make_shared<SubmitOptions>();
  app->add_option("IN", options->input, "A folder of numbered frames that all machines see")
      ->type_name("FOLDER")
      ->required();
  app->add_option("-o,--output", options->output,
                  "The clip to write; scripts, logs and parts are kept in OUT.dgsv.parts")
      ->type_name("OUT.dgsv")
      ->required();
  app->add_option("--codec", options->codec, "Which codec of sequences")
      ->type_name("ID")
      ->required();
  app->add_flag("--slurm", options->slurm, "Over Slurm: a job array, and a job that joins")
      ->required();
  app->add_option("--set", options->settings, "One setting of the codec")
      ->type_name("KEY=VALUE")
      ->take_all();
  app->add_option("--fps", options->framesPerSecond, "Frames a second (default 30)")
      ->type_name("N")
      ->check(CLI::Range(1, 1000));
  app->add_option("--tasks", options->tasks, "Share the segments out over N tasks (one each)")
      ->type_name("N")
      ->check(CLI::Range(1, 1000));
  app->add_option("--slurm-option", options->slurmOptions,
                  "Handed to sbatch as it is, such as --slurm-option=--partition=long")
      ->type_name("OPTION");
  app->add_flag("--wait", options->wait, "Return when the clip is there");
  app->add_flag("--dry-run", options->dryRun, "Write the scripts and submit nothing");
  addSeedOption(*app, options->seed);
  addCommonOptions(*app, *common);
  app->footer(
      "Examples:\n"
      "  volpress submit frames -o clip.dgsv --codec dualgs --slurm --tasks 16 --threads 4\n"
      "  volpress submit frames -o clip.dgsv --codec dualgs --slurm --wait\n"
      "The clip has the bytes of an encode in one run. The same command again submits only the "
      "tasks whose part is missing, as after a task was killed.");
  return {app, common,
          [common, options](Console& console) { return submit(*options, *common, console); }};
}

}  // namespace volpress::cli
