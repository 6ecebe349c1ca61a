"""The shared vocabulary: which national course codes the words of the rules mean."""

import subprocess
import sys
from itertools import pairwise

import pytest

from catalogs import sced
from catalogs.errors import InputError
from requirements import vocabulary
from requirements.vocabulary import (
    expand,
    ladder,
    language_level,
    resolve,
    series,
    set_,
    subject,
    term,
    terms,
)

SUBJECTS = [
    "english",
    "mathematics",
    "science",
    "social_studies",
    "world_language",
    "arts",
    "physical_education",
    "health",
    "cte",
    "computer_science",
    "personal_finance",
    "technology",
    "electives",
    "other",
    "jrotc",
]
KINDS = {
    "course",
    "kind",
    "area",
    "floor",
    "sequence",
    "composite",
    "judgement",
    "non_course",
}
LADDERS = [
    "mathematics",
    "biology",
    "chemistry",
    "physics",
    "earth",
    "general",
    "english",
    "us_history",
    "world_history",
    "government",
    "physical_education",
    "computer_science",
    "visual_art",
    "theatre",
    "band",
    "world_language",
]


def counts(id: str) -> frozenset[str]:
    """Every code that a term takes in any way, alone or confirmed."""
    return term(id).sure | term(id).maybe


class TestTerms:
    def test_every_code_is_of_the_national_list(self) -> None:
        known = sced.codes().keys()
        for one in terms().values():
            assert one.sure | one.maybe | one.traps | frozenset().union(*one.together) <= known, one.id

    def test_none_is_empty_but_those_that_are_no_course(self) -> None:
        for one in terms().values():
            assert bool(one.sure or one.maybe or one.together or one.parts) == (one.kind != "non_course"), one.id

    def test_sure_maybe_and_traps_are_apart(self) -> None:
        for one in terms().values():
            assert not one.sure & one.maybe, one.id
            assert not (one.sure | one.maybe) & one.traps, one.id

    def test_fields_hold_known_words(self) -> None:
        for id, one in terms().items():
            assert one.id == id
            assert one.kind in KINDS
            assert one.subject in SUBJECTS
            assert one.confidence in {"sure", "likely", "doubtful"}
            assert one.why or one.confidence == "sure", f"{id}: a reading that is not sure says why"
            assert all(part in terms() for part in one.parts), id
            assert all(len(group) > 1 for group in one.together), id

    def test_nothing_counts_unconfirmed_where_a_person_decides(self) -> None:
        for one in terms().values():
            if one.kind == "judgement" or one.confidence == "doubtful":
                assert not one.sure, one.id
        assert not term("dual-any").sure

    def test_a_choice_of_terms_takes_their_codes(self) -> None:
        either = term("chemistry-or-physics")
        assert either.sure == term("chemistry").sure | term("physics").sure
        assert either.maybe >= term("physics").maybe

    def test_an_unknown_term_names_those_that_look_like_it(self) -> None:
        with pytest.raises(InputError, match="algebra-1"):
            term("algebra1")


class TestTraps:
    """Look-alikes that matchers by title fall for."""

    @pytest.mark.parametrize(
        ("id", "code"),
        [
            ("algebra-1", "02051"),  # Pre-Algebra
            ("algebra-1", "02055"),  # Transition Algebra
            ("algebra-1", "02053"),  # Part 1 alone
            ("algebra-2", "02057"),  # Algebra III
            ("geometry", "02071"),  # Informal Geometry
            ("geometry", "02073"),  # Analytic Geometry
            ("biology", "03071"),  # Life Science
            ("biology", "03053"),  # Anatomy and Physiology
            ("chemistry", "03159"),  # Physical Science
            ("physics", "03159"),
            ("us-history", "04105"),  # State-Specific Studies
            ("us-government", "04158"),  # AP Comparative Government
            ("history", "04256"),  # AP Psychology
            ("history", "05117"),  # Music History
            ("world-geography", "03007"),  # Physical Geography
            ("economics", "19262"),  # Personal Finance
            ("economics", "19251"),  # home economics
            ("personal-finance", "04201"),  # Economics
            ("speech-debate", "03214"),  # Forensic Laboratory Science
            ("forensic-science", "01152"),  # Forensic Speech
            ("health", "14251"),  # Health Science
            ("computer-science", "10005"),  # Business Computer Applications
            ("ap-computer-science-a", "10019"),  # AP Computer Science Principles
            ("world-language", "24042"),  # IB Language B, English
            ("ap-english", "25003"),  # AP Seminar outside English
            ("theatre", "05203"),  # Film Appreciation
            ("american-sign-language", "24041"),  # Braille
            ("any-elective", "22006"),  # Study Hall
        ],
    )
    def test_it_does_not_count(self, id: str, code: str) -> None:
        assert code in sced.codes()
        assert code not in counts(id)

    def test_aides_and_early_grades_count_for_nothing(self) -> None:
        nothing = set_("aides") | set_("never") | set_("no_credit")
        assert {"02995", "02037", "22006"} <= nothing
        for one in terms().values():
            assert not (one.sure | one.maybe) & nothing, one.id
        for name in SUBJECTS:
            assert not (subject(name).codes | subject(name).maybe) & nothing, name
        for name in set(vocabulary.sets()) - {"aides", "never", "no_credit"}:
            assert not set_(name) & nothing, name

    def test_algebra_in_two_years_counts_once_both_parts_are_earned(self) -> None:
        assert frozenset({"02053", "02054"}) in term("algebra-1").together

    def test_middle_years_courses_are_no_ib_courses(self) -> None:
        assert not set_("ib") & set_("middle_years")

    def test_every_ap_title_is_in_the_ap_set(self) -> None:
        assert set_("ap") == {code for code, row in sced.codes().items() if row.title.startswith("AP ")}


class TestSubjects:
    def test_the_names_are_those_of_the_rules(self) -> None:
        assert list(vocabulary.subjects()) == SUBJECTS

    @pytest.mark.parametrize("name", SUBJECTS)
    def test_each_has_codes(self, name: str) -> None:
        found = subject(name)
        assert found.name == name
        assert found.codes
        assert not found.codes & found.maybe

    def test_pre_algebra_is_mathematics_in_some_states_only(self) -> None:
        assert "02051" in subject("mathematics").maybe
        assert "02052" in subject("mathematics").codes

    def test_core_subjects_share_no_code(self) -> None:
        seen: set[str] = set()
        for name in (
            "english",
            "mathematics",
            "science",
            "social_studies",
            "world_language",
            "arts",
            "cte",
        ):
            assert not seen & subject(name).codes
            seen |= subject(name).codes

    def test_an_unknown_subject_names_near_ones(self) -> None:
        with pytest.raises(InputError, match="mathematics"):
            subject("mathematic")


class TestLadders:
    @pytest.mark.parametrize("name", LADDERS)
    def test_a_code_stands_on_one_rung(self, name: str) -> None:
        found = ladder(name)
        places = [*found.rungs, found.foundation, *(side.codes for side in found.side)]
        assert all(found.rungs)
        assert sum(map(len, places)) == len(frozenset().union(*places))

    @pytest.mark.parametrize("name", LADDERS)
    def test_a_higher_floor_takes_fewer(self, name: str) -> None:
        found = ladder(name)
        floors = [found.at_or_above(rung) for rung in range(1, len(found.rungs) + 1)]
        assert all(upper < lower for lower, upper in pairwise(floors))
        assert not floors[0] & found.foundation

    def test_algebra_1_or_higher(self) -> None:
        floor = ladder("mathematics").at_or_above(1)
        assert {"02052", "02062", "02072", "02056", "02124", "02203", "02158"} <= floor
        assert not {"02051", "02053", "02071", "02151", "02157"} & floor

    def test_the_floors_named_in_rules_agree_with_the_ladder(self) -> None:
        for rung, id in [
            (2, "mathematics-above-algebra-1"),
            (3, "algebra-2-or-higher"),
            (4, "advanced-mathematics"),
        ]:
            assert ladder("mathematics").at_or_above(rung) <= term(id).sure

    @pytest.mark.parametrize("rung", [0, 7])
    def test_a_rung_that_is_not_there(self, rung: int) -> None:
        with pytest.raises(InputError, match="no rung"):
            ladder("mathematics").at_or_above(rung)

    def test_an_unknown_ladder(self) -> None:
        with pytest.raises(InputError, match="mathematics"):
            ladder("mathematic")


class TestExpand:
    @pytest.mark.parametrize(
        ("spec", "inside", "outside"),
        [
            ("02052", {"02052"}, {"02053"}),
            ("02101-02126", {"02101", "02110", "02126"}, {"02136"}),
            (
                "02003-02052",
                {"02003", "02047", "02052"},
                {"02037"},
            ),  # passes over the early grades
            ("set:science_lab", {"03051"}, {"03210"}),
            ("area:12", {"12104", "12998"}, {"12995", "10005"}),
            ("area:02", {"02052"}, {"02037", "02995", "02996"}),
            ("suffix:998", {"22998", "14998"}, {"22997"}),
            ("ladder:mathematics:5", {"02124"}, {"02110"}),
        ],
    )
    def test_selectors(self, spec: str, inside: set[str], outside: set[str]) -> None:
        assert inside <= expand(spec)
        assert not outside & expand(spec)

    @pytest.mark.parametrize(
        "spec",
        [
            "",
            "2052",
            "99999",
            "02126-02101",
            "02-03",
            "set:",
            "set:nothing",
            "area:99",
            "area:x",
            "suffix:123456",
            "ladder:x:1",
            "ladder:mathematics",
            "ladder:mathematics:9",
            "subject:english",
        ],
    )
    def test_what_is_no_selector_is_refused(self, spec: str) -> None:
        with pytest.raises(InputError):
            expand(spec)

    def test_a_retired_code_is_told_its_successor(self) -> None:
        with pytest.raises(InputError, match="24052"):
            expand("06101")


class TestSeries:
    def test_a_language_is_one_series_with_its_native_ap_and_ib_courses(self) -> None:
        assert {series(code) for code in ("24052", "24057", "24059", "24063", "24065", "24068", "24099")} == {"spanish"}
        assert series("24102") == "french"
        assert series("24852") == "american_sign_language"

    def test_every_world_language_code_of_a_language_has_one(self) -> None:
        without = {code for code in set_("world_language") if series(code) is None}
        assert without == {"24997", "24998", "24999"}

    def test_exploring_several_languages_is_in_none(self) -> None:
        assert series("24040") is None

    def test_a_career_course_belongs_to_its_area(self) -> None:
        assert series("14051") == series("14998") == "cte-14"
        assert series("18001") == "cte-18"
        assert series("14995") is None

    def test_branches_and_arts_disciplines(self) -> None:
        assert series("09051") == series("09054") != series("09101")
        assert series("05101") == "arts-music"

    def test_academic_courses_are_in_none(self) -> None:
        assert series("02052") is None
        assert series("nothing") is None

    @pytest.mark.parametrize(
        ("code", "level"),
        [
            ("24052", 1),
            ("24068", 1),  # IB ab initio
            ("24053", 2),
            ("24057", 2),  # for native speakers
            ("24056", 5),
            ("24064", 5),  # AP language
            ("24065", 6),  # AP literature
            ("24061", None),  # topics
            ("24066", None),  # Middle Years
            ("24040", None),
            ("02052", None),
        ],
    )
    def test_levels(self, code: str, level: int | None) -> None:
        assert language_level(code) == level

    def test_titles_bear_the_levels_out(self) -> None:
        for numeral, level in (("I", 1), ("II", 2), ("III", 3), ("IV", 4), ("V", 5)):
            for code, row in sced.codes().items():
                if code.startswith("24") and row.title.endswith(f" {numeral}"):
                    assert language_level(code) == level, row.title


class TestResolve:
    @pytest.mark.parametrize(
        ("phrase", "under", "id"),
        [
            ("Algebra I", "mathematics", "algebra-1"),
            ("Algebra I", None, "algebra-1"),
            ("ALGEBRA  i", None, "algebra-1"),
            ("AP", "mathematics", "ap-mathematics"),
            ("AP", "english", "ap-any"),
            ("Physical Science", "science", "physical-science-course"),
            ("physical science", "science", "physical-science"),
            ("JROTC", "physical_education", "pe-substitute-jrotc"),
            ("JROTC", None, "jrotc"),
            ("Pre-Algebra", None, "pre-algebra"),
            ("Underwater Basket Weaving", None, None),
        ],
    )
    def test_phrases(self, phrase: str, under: str | None, id: str | None) -> None:
        found = resolve(phrase, under)
        assert (found and found.id) == id

    def test_pre_algebra_never_means_algebra_1(self) -> None:
        found = resolve("Pre-Algebra", "mathematics")
        assert found is not None
        assert "02052" not in found.sure | found.maybe


def test_importing_it_reads_nothing_and_loads_no_heavy_package() -> None:
    script = (
        "import sys, requirements.vocabulary as v; assert not v._terms.cache_info().currsize;"
        "heavy = {'pandas', 'ortools', 'networkx', 'lark', 'pydantic'} & set(sys.modules); assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
