#include "host/results/text_table.h"

#include "tests/catch.h"

using host::results::TextTable;

namespace {

const TextTable kTable{{"method", "100 %"}, {{"a_b, c", "1.00 +- 0.10"}, {"\"d\"|", "-"}}};

}  // namespace

TEST_CASE("a table is written in every format", "[results]") {
  CHECK(kTable.plain() ==
        "method         100 %\n"
        "a_b, c  1.00 +- 0.10\n"
        "\"d\"|               -\n");
  CHECK(kTable.markdown() ==
        "| method | 100 % |\n| --- | ---: |\n| a_b, c | 1.00 +- 0.10 |\n| \"d\"\\| | - |\n");
  CHECK(kTable.csv() == "method,100 %\n\"a_b, c\",1.00 +- 0.10\n\"\"\"d\"\"|\",-\n");
  CHECK(kTable.latex() ==
        "\\begin{tabular}{lr}\n\\toprule\nmethod & 100 \\% \\\\\n\\midrule\n"
        "a\\_b, c & 1.00 $\\pm$ 0.10 \\\\\n\"d\"| & - \\\\\n\\bottomrule\n\\end{tabular}\n");
}
