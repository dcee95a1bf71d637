-- A shop system or till names a place of sale that is in no list: it counts as sold where that source sells by itself.
-- Name it in sales_channels.csv of the home.
{{ config(severity='warn') }}
with

named as (
    select source, account, source_name as sales_channel from {{ ref('stg_shopify__orders') }}
    union all
    select source, account, sales_channel from {{ ref('stg_kiotviet__invoices') }}
    union all
    select source, account, sales_channel from {{ ref('int_mapped_orders') }}
),

known as (select * from {{ ref('int_sales_channels') }})

select
    concat_ws('', named.source, '/', named.account, ': ', named.sales_channel) as sales_channel,
    count(*) as landed_rows
from named
left join known on {{ sales_channel_name('named.sales_channel') }} = known.sales_channel
where trim(named.sales_channel) <> '' and known.sales_channel is null
group by named.source, named.account, named.sales_channel
