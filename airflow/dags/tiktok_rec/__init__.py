"""What the DAG tiktok_recommendations imports."""
