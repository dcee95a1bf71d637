from __future__ import annotations
def test_smoke(mart):
    mart.cover("google_ads","campaign_daily","01-01","04-10")
    mart.add("fct_reach_ads", {"day":"2026-03-01","impressions":10,"clicks":2,"cost":"5"})
    import time; t=time.time()
    mart.build()
    print(time.time()-t)
    print(mart.run_sql("select measure, period, period_start, channel, market, value from race_measure where value<>0 order by all"))
    print(mart.run_sql("select * from race_kpi where kpi='ctr' and period='month'"))
