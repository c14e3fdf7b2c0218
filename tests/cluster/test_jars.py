"""What is submitted beside what a stock Spark has: no class twice."""

import zipfile
from collections import Counter

from stage import JAR, JARS, SPARK_HOME


def classes(jar):
    with zipfile.ZipFile(jar) as content:
        return {name for name in content.namelist() if name.endswith(".class") and "module-info" not in name}


def test_no_class_is_in_spark_or_in_two_jars():
    seen = {}
    for jar in (SPARK_HOME / "jars").glob("*.jar"):
        seen |= dict.fromkeys(classes(jar), jar.name)
    assert len(seen) > 50_000, "these are not a stock Spark's jars"

    clashes = Counter()
    for jar in (JAR, *JARS):
        for name in classes(jar):
            if name in seen:
                clashes[f"{jar.name} and {seen[name]}: {name.rsplit('/', 1)[0]}"] += 1
            seen[name] = jar.name

    assert not clashes
    print(f"\n{JAR.name} {JAR.stat().st_size / 1e6:.0f} MB, {len(JARS)} jars beside it {sum(j.stat().st_size for j in JARS) / 1e6:.0f} MB")


def test_http_and_json_libraries_that_clusters_bring_are_relocated():
    ours = classes(JAR)

    assert not [name for name in ours if name.startswith(("okhttp3/", "okio/", "com/google/gson/", "org/json/"))]
    assert [name for name in ours if name.startswith("com/tiktokrec/shaded/okhttp3/")]
    assert not [name for name in ours if name.startswith(("io/delta/", "org/apache/spark/", "org/apache/hadoop/"))]
