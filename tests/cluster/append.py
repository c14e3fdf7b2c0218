"""A driver that appends to a table many times: spark-submit append.py TABLE WRITER COMMITS."""

import sys

from pyspark.sql import SparkSession

table, writer, commits = sys.argv[1], sys.argv[2], int(sys.argv[3])
spark = SparkSession.builder.getOrCreate()
for commit in range(commits):
    rows = spark.createDataFrame([(writer, commit)], "writer string, commit int").coalesce(1)
    rows.write.format("delta").mode("append").save(table)
    print(f"{writer} committed {commit}", flush=True)
