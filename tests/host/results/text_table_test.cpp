#include "host/results/text_table.h"

#include "tests/catch.h"

using host::results::TextTable;

namespace {

const TextTable kSmallTable{{"method", "100 %"}, {{"a_b, c", "1.00 +- 0.10"}, {"\"d\"|", "-"}}};

}  // namespace

TEST_CASE("a table is written in every format", "[results]") {
  CHECK(kSmallTable.plain() ==
        "method         100 %\n"
        "a_b, c  1.00 +- 0.10\n"
        "\"d\"|               -\n");
  CHECK(kSmallTable.markdown() ==
        "| method | 100 % |\n| --- | ---: |\n| a_b, c | 1.00 +- 0.10 |\n| \"d\"\\| | - |\n");
  CHECK(kSmallTable.csv() == "method,100 %\n\"a_b, c\",1.00 +- 0.10\n\"\"\"d\"\"|\",-\n");
  CHECK(kSmallTable.latex() ==
        "\\begin{tabular}{lr}\n\\toprule\nmethod & 100 \\% \\\\\n\\midrule\n"
        "a\\_b, c & 1.00 $\\pm$ 0.10 \\\\\n\"d\"| & - \\\\\n\\bottomrule\n\\end{tabular}\n");
}
