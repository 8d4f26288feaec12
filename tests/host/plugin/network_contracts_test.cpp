#include "host/plugin/network_contracts.h"

#include <ATen/ops/ones.h>

#include "host/base/errors.h"
#include "tests/catch.h"

using host::PluginError;
using host::plugin::check_loss;

TEST_CASE("terms and logged values of a loss must have names of their own", "[plugin]") {
  const host::plugin::Origin origin{"mine.so", "mine", ""};
  const at::Tensor one = at::ones({}).requires_grad_();
  CHECK_NOTHROW(check_loss(sla::Loss(one), origin));
  CHECK_NOTHROW(check_loss(sla::Loss({{"class", one}, {"distillation", one}}), origin));
  // They would be logged as one, their mean.
  CHECK_THROWS_AS(check_loss(sla::Loss({{"class", one}, {"class", one}}), origin), PluginError);
  CHECK_THROWS_AS(check_loss(sla::Loss({{"class", one}, {"", one}}), origin), PluginError);

  sla::Loss logging(one);
  logging.logged = {{"accuracy", at::ones({})}};
  CHECK_NOTHROW(check_loss(logging, origin));
  for (const char* taken : {"loss", "loss.class", "learning_rate", "seconds.data"}) {
    INFO(taken);
    logging.logged = {{taken, at::ones({})}};
    CHECK_THROWS_WITH(check_loss(logging, origin),
                      ContainsSubstring("component 'mine'") &&
                          ContainsSubstring("logged '" + std::string(taken) + "'"));
  }
}
