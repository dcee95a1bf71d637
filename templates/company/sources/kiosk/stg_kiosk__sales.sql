-- Grain: one record of kiosk's sales.
-- depends_on: {{ source('kiosk', 'sales') }}
{{ config(tags=['staging'], materialized='view') }}
with

landed as (select * from {{ landed('kiosk', 'sales') }}),

final as (
    select
        'kiosk' as source,
        account,
        ngay_ban,
        ma_quay,
        so_luong,
        so_tien,
        e_mail_khach_hash
    from landed
)

select * from final
