#include <filesystem>
#include <map>

#include <nlohmann/json.hpp>

#include "tests/catch.h"
#include "tests/support/host_program.h"
#include "tests/support/scratch_folder.h"

using tests::json_of;
using tests::run_host;
using tests::run_program;
using tests::ScratchFolder;

namespace {

/// Bash's completions for the last of some words.
std::string completed(const std::string& words) {
  const std::string script = "source <(" SLA_HOST_PROGRAM " completion bash); COMP_WORDS=(" +
                             words +
                             "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _sla_host; "
                             "printf \"%s\\n\" \"${COMPREPLY[@]}\"";
  return run_program("bash -c '" + script + "'").output;
}

}  // namespace

TEST_CASE("bash completes commands, options and files", "[commands]") {
  CHECK(completed("sla_host rep") == "reproduce\nreport\n");
  CHECK_THAT(completed("sla_host sweep --sl"), ContainsSubstring("--slurm"));
  CHECK(completed("sla_host gallery --o") == "--output\n");
  CHECK(completed("sla_host x.toml --res") == "--resume\n");
  const ScratchFolder folder;
  const auto file = folder.write("mine of today.toml", "");
  CHECK(completed("sla_host check " + (folder / "mi").string()) == file.string() + "\n");
  CHECK(run_host({"completion", "fish"}).status == 2);
  // Options that exclude each other.
  CHECK(run_host({"sweep", file, "--slurm", "x.sh", "--devices", "cuda:0"}).status == 2);
  CHECK(run_host({"sweep", file, "--slurm", "x.sh", "--list"}).status == 2);
  CHECK(run_host({"eval", folder.path(), "--analyse", "--prediction", "single"}).status == 2);
}

TEST_CASE("zsh's completion and the manual name every command and option", "[commands]") {
  const std::string help = run_host({"--help"}).output;
  const std::string zsh = run_host({"completion", "zsh"}).output;
  const std::string manual = run_host({"manual"}).output;
  CHECK(zsh.starts_with("#compdef sla_host\n"));
  CHECK(manual.starts_with(".TH SLA_HOST 1"));
  int commands = 0;
  const auto list = help.substr(help.find("Subcommands:"));
  for (size_t at = list.find("\n  "); at != std::string::npos; at = list.find("\n  ", at + 1)) {
    const std::string name = list.substr(at + 3, list.find_first_of(" \n", at + 3) - at - 3);
    if (name.empty()) continue;  // the second line of a long text
    INFO(name);
    ++commands;
    CHECK_THAT(zsh, ContainsSubstring("  " + name + ")\n"));
    const auto own = run_host({name, "--help"});
    CHECK(own.status == 0);
    CHECK_THAT(own.output, ContainsSubstring("Example: "));
  }
  CHECK(commands >= 17);
  CHECK_THAT(manual, ContainsSubstring("\\fB\\-\\-stop\\-after\\fR \\fIN\\fR\n"));
  CHECK_THAT(manual, ContainsSubstring("Example: sla_host sweep"));
}

TEST_CASE("commands can print JSON", "[commands]") {
  const auto plugins = json_of({"plugins", "--json"});
  CHECK(plugins.size() >= 20);
  const auto described = json_of({"describe", "jigsaw", "--json"});
  CHECK(described[0]["kind"] == "transformation");
  CHECK(described[0]["parameters"][0]["name"] == "grid");
  const auto inspected = json_of({"inspect", SLA_FIXTURES "/good.so", "--json"});
  CHECK(inspected["plugin"] == "good");
  CHECK(inspected["sdk"] == "3.0");
  const auto checked = json_of({"check", SLA_SOURCE_DIRECTORY "/experiments/cifar.toml",
                                "--profile", "cifar10,sla,rotation,smoke", "--json"});
  CHECK(checked["transformations"] == 4);
  CHECK(checked["loss"].get<double>() > 0);
  CHECK(checked["profiles"][0]["name"] == "cifar10");
  CHECK(checked["profiles"][0]["comment"] == "CIFAR-10");
}

TEST_CASE("the JSON list includes broken plugins and the reason", "[commands]") {
  const auto listed = run_program("SLA_PLUGIN_PATH=" SLA_FIXTURES " " SLA_HOST_PROGRAM
                                  " plugins --json 2>/dev/null");
  CHECK(listed.status == 2);
  std::map<std::string, std::string> errors;
  for (const auto& plugin : nlohmann::json::parse(listed.output)) {
    const std::filesystem::path file = plugin.at("file").get<std::string>();
    errors[file.stem()] = plugin.value("error", "");
  }
  CHECK(errors.at("good").empty());
  CHECK_THAT(errors.at("crashing_initialiser"), ContainsSubstring("ends the program with signal"));
  CHECK_THAT(errors.at("other_sdk"), ContainsSubstring("SDK"));
}
