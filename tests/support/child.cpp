#include "tests/support/child.h"

#include <sys/wait.h>
#include <unistd.h>

#include <exception>
#include <fstream>
#include <iostream>
#include <string>

namespace tests {

pid_t start_child(const std::function<int()>& work) {
  std::cout.flush();
  const pid_t child = fork();
  if (child != 0) return child;
  try {
    const int status = work();
    std::cout.flush();
    _exit(status);
  } catch (const std::exception& error) {
    std::cerr << error.what() << std::endl;
    _exit(99);
  }
}

std::vector<pid_t> children_of(pid_t parent) {
  const std::string number = std::to_string(parent);
  std::ifstream list("/proc/" + number + "/task/" + number + "/children");
  std::vector<pid_t> children;
  for (pid_t child = 0; list >> child;) children.push_back(child);
  return children;
}

int wait_for(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace tests
